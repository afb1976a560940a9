package ec2

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// userDataLimit is the most bytes of user data, before base64.
const userDataLimit = 16384

func eitherTemplateOr(key string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if in.Has(key) || in.Has("launchTemplate") {
			return nil
		}
		return []sim.Failure{{Property: key, Reason: "one of " + key + ", launchTemplate must be given"}}
	}
}

func userDataSize(in sim.Props) []sim.Failure {
	if n := len(in.Str("userData")); n > userDataLimit {
		return tooMuchUserData("userData", n)
	}
	if in.Known("userDataBase64") {
		return decodedSize("userDataBase64", in.Str("userDataBase64"))
	}
	return nil
}

func encodedUserData(in sim.Props) []sim.Failure {
	if !in.Known("userData") {
		return nil
	}
	return decodedSize("userData", in.Str("userData"))
}

func decodedSize(property, text string) []sim.Failure {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return []sim.Failure{{Property: property, Reason: property + ": invalid BASE64 encoding of user data"}}
	}
	if len(raw) > userDataLimit {
		return tooMuchUserData(property, len(raw))
	}
	return nil
}

func tooMuchUserData(property string, n int) []sim.Failure {
	return []sim.Failure{{Property: property, Reason: fmt.Sprintf(
		"%s: user data is limited to %d bytes, got %d; fetch the rest from S3 at boot", property, userDataLimit, n)}}
}

// blockDevices checks the numbers of the volumes inside an instance or template.
func blockDevices(paths ...string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		var failures []sim.Failure
		for _, path := range paths {
			for _, device := range devicesAt(in, path) {
				for _, f := range volumeNumbers("volumeType", "volumeSize")(device) {
					failures = append(failures, sim.Failure{Property: path + "." + f.Property, Reason: path + ": " + f.Reason})
				}
			}
		}
		return failures
	}
}

func devicesAt(in sim.Props, path string) []sim.Props {
	list, rest, nested := strings.Cut(path, ".")
	if !nested {
		if one := in.Map(path); one != nil {
			return []sim.Props{one}
		}
		return in.Maps(path)
	}
	var out []sim.Props
	for _, e := range in.Maps(list) {
		out = append(out, devicesAt(e, rest)...)
	}
	return out
}

func volumeNeedsSize(in sim.Props) []sim.Failure {
	if in.Has("size") || in.Has("snapshotId") {
		return nil
	}
	return []sim.Failure{{Property: "size", Reason: "one of size, snapshotId must be given"}}
}

// iopsBounds are the least and most IOPS of the types that take a number, and
// the most per GiB.
var iopsBounds = map[string]struct{ min, max, perGiB int }{
	"gp3": {3000, 16000, 500}, "io1": {100, 64000, 50}, "io2": {100, 256000, 1000},
}

// volumeNumbers checks IOPS and throughput against a volume's type and size.
func volumeNumbers(typeKey, sizeKey string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		var failures []sim.Failure
		fail := func(key, format string, args ...any) {
			failures = append(failures, sim.Failure{Property: key, Reason: key + ": " + fmt.Sprintf(format, args...)})
		}
		kind, size, iops := in.Str(typeKey), in.Int(sizeKey), in.Int("iops")
		bounds, takes := iopsBounds[kind]
		known := in.Known("iops") && (in.Known(typeKey) || !in.Has(typeKey))
		switch {
		case (kind == "io1" || kind == "io2") && !in.Has("iops"):
			fail("iops", "must be set with type %s", kind)
		case known && !takes && iops > 0:
			fail("iops", "cannot be set with type %q", kind)
		case known && takes && (iops < bounds.min || iops > bounds.max):
			fail("iops", "got %d, want %d to %d for %s", iops, bounds.min, bounds.max, kind)
		case known && takes && size > 0 && iops > max(bounds.min, size*bounds.perGiB):
			fail("iops", "got %d, at most %d for %d GiB of %s", iops, size*bounds.perGiB, size, kind)
		}
		if in.Known("throughput") && in.Int("throughput") > 0 {
			through := in.Int("throughput")
			switch {
			case kind != "gp3" && (in.Known(typeKey) || !in.Has(typeKey)):
				fail("throughput", "can only be set with type gp3")
			case kind == "gp3" && (through < 125 || through > 1000):
				fail("throughput", "got %d MiB/s, want 125 to 1000", through)
			case kind == "gp3" && through*4 > max(iops, 3000):
				fail("throughput", "got %d MiB/s, at most a quarter of the IOPS (%d)", through, max(iops, 3000))
			}
		}
		return failures
	}
}

func volumeGrows(o *sim.Op) error {
	old, size := o.Old.Int("size"), o.In.Int("size")
	if size == 0 || size >= old {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		fmt.Sprintf("New size cannot be smaller than existing size (%d GiB to %d GiB)", old, size),
		"Keep the size, or copy the data to a new, smaller volume.")
}

// instanceReplacedWhen gives the replacements that depend on values: new user
// data where that was asked for, and a type of the other architecture.
func instanceReplacedWhen(old, new sim.Props) []string {
	var paths []string
	if new.Bool("userDataReplaceOnChange") {
		paths = append(paths, "userData", "userDataBase64")
	}
	was, is := offer.Architecture(old.Str("instanceType")), offer.Architecture(new.Str("instanceType"))
	if was != "" && is != "" && was != is {
		paths = append(paths, "instanceType")
	}
	return paths
}

func instanceTypeExists(o *sim.Op) error {
	name := o.In.Str("instanceType")
	if name == "" || offer.Architecture(name) != "" {
		return nil
	}
	hint := "Choose a type that EC2 offers in " + o.Region + "."
	if near := machine.EC2.Siblings(name); len(near) > 0 {
		hint = "Choose one of " + strings.Join(near, ", ") + "."
	}
	return sim.Refuse("InvalidInstanceType", fmt.Sprintf("The following supplied instance types do not exist: [%s]", name),
		hint)
}

// imageFits checks that the image exists in the region and runs on the type.
func imageFits(o *sim.Op) error {
	image, name := o.In.Str("ami"), o.In.Str("instanceType")
	if template, ok := o.Find(token.EC2LaunchTemplate, o.In.Str("launchTemplate.id")); ok {
		image, name = cmp.Or(image, template.Str("imageId")), cmp.Or(name, template.Str("instanceType"))
	}
	return ImageFits(o, image, name)
}

// ImageFits refuses an image that the region does not have, or that was built
// for another architecture than the instance type's. Empty names pass, and so
// does an image given as an SSM parameter ("resolve:ssm:...").
func ImageFits(o *sim.Op, image, instanceType string) error {
	if image == "" || strings.HasPrefix(image, "resolve:") {
		return nil
	}
	has := imageArchitecture(o.Region, image)
	if has == "" {
		return sim.Refuse("InvalidAMIID.NotFound", fmt.Sprintf("The image id '[%s]' does not exist", image),
			"Look the image up in "+o.Region+", for example with ssm.getParameter; image ids differ between regions.")
	}
	if wants := offer.Architecture(instanceType); wants != "" && wants != has {
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("The architecture '%s' of the specified instance type does not match "+
				"the architecture '%s' of the specified AMI", wants, has),
			"Choose an image for "+wants+", or another instance type.")
	}
	return nil
}

func sameZone(o *sim.Op) error {
	volume, _ := o.Find(token.EBSVolume, o.In.Str("volumeId"))
	instance, _ := o.Find(token.EC2Instance, o.In.Str("instanceId"))
	here, there := volume.Str("availabilityZone"), instance.Str("availabilityZone")
	if here == there {
		return nil
	}
	return sim.Refuse("InvalidVolume.ZoneMismatch",
		fmt.Sprintf("The volume '%s' is not in the same availability zone as instance '%s'",
			o.In.Str("volumeId"), o.In.Str("instanceId")), fmt.Sprintf("The volume is in %s, the instance in %s.", here, there))
}

func volumeFree(o *sim.Op) error {
	volume, _ := o.Find(token.EBSVolume, o.In.Str("volumeId"))
	for _, other := range o.Others() {
		if other.Props.Str("volumeId") == o.In.Str("volumeId") && !volume.Bool("multiAttachEnabled") {
			return sim.Refuse("VolumeInUse", fmt.Sprintf("%s is already attached to an instance", o.In.Str("volumeId")),
				"Detach it from "+other.Props.Str("instanceId")+" first.")
		}
	}
	return nil
}

func deviceFree(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("instanceId") == o.In.Str("instanceId") &&
			other.Props.Str("deviceName") == o.In.Str("deviceName") {
			return sim.Refuse("InvalidParameterValue",
				fmt.Sprintf("Invalid value '%s' for unixDevice. Attachment point %s is already in use",
					o.In.Str("deviceName"), o.In.Str("deviceName")), "Choose another deviceName.")
		}
	}
	return nil
}
