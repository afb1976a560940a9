package cost

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// rootGB is the root volume of an instance that does not say: the size of
// Amazon Linux's own images.
const rootGB = 8

// Included in the price of a gp3 volume.
const (
	gp3IOPS       = 3000
	gp3Throughput = 125 // MB/s
)

// disk is what decides the price of an EBS volume. An unknown size is zero.
type disk struct {
	kind                 string
	gb, iops, throughput decimal.Decimal
	basis                Basis
	note                 string
}

// diskOf reads a volume. The size stands under sizeKey and the type under
// typeKey, because volumes and block devices name them differently.
func diskOf(p props, sizeKey, typeKey, defaultKind string) disk {
	d := disk{kind: p.str(typeKey), basis: Declared}
	if d.kind == "" {
		d.kind = defaultKind
	}
	d.gb, _ = p.num(sizeKey)
	d.iops, _ = p.num("iops")
	d.throughput, _ = p.num("throughput")
	return d
}

// priceVolume prices an EBS volume.
func priceVolume(s *sheet) {
	d := diskOf(s.props, "size", "type", "gp2")
	if d.gb.IsNegative() {
		s.unpriced("", "a negative size, which no provider takes")
		return
	}
	if d.gb.IsZero() {
		s.unpriced("", s.props.notKnown("size"))
		return
	}
	s.disk("volume", d, exactly(one))
}

// instanceDisks bills the root and the further disks that an instance
// declares inline, for n instances.
func (s *sheet) instanceDisks(p props, n span) {
	root := diskOf(p.object("rootBlockDevice"), "volumeSize", "volumeType", "gp3")
	if root.gb.IsZero() {
		root.gb, root.basis, root.note = num(rootGB), Assumed, fmt.Sprintf("%d GB, the size of the image", rootGB)
	}
	s.disk("root volume", root, n)
	for i, b := range p.objects("ebsBlockDevices") {
		if s.find(token.EBSVolume, b.str("volumeId")) != nil {
			continue // a volume of its own, attached later
		}
		s.extraDisk(i+1, b, n)
	}
}

// rootNames are the devices on which images have their root volume (AWS's guide on
// device names).
var rootNames = []string{"", "/dev/xvda", "/dev/sda1", "xvda", "sda1", "/dev/sda", "/dev/nvme0n1"}

// isRoot reports whether a mapping of a launch template is that of the root volume.
// One that gives no name is taken as it, where it is the first.
func isRoot(i int, m props) bool {
	name := m.str("deviceName")
	return slices.Contains(rootNames, name) && (name != "" || i == 0)
}

// templateDisks bills the disks of a launch template, for n instances. Without a
// mapping of the root volume that is as the image has it.
func (s *sheet) templateDisks(t props, n span) {
	mappings := t.objects("blockDeviceMappings")
	if len(mappings) == 0 {
		s.instanceDisks(t, n) // a launch configuration has rootBlockDevice
		return
	}
	root, further := props(nil), []props(nil)
	for i, m := range mappings {
		if isRoot(i, m) {
			root = m.object("ebs")
		} else {
			further = append(further, m.object("ebs"))
		}
	}
	s.instanceDisks(props{"rootBlockDevice": map[string]any(root)}, n)
	for i, b := range further {
		s.extraDisk(i+1, b, n)
	}
}

// extraDisk bills a further inline disk by its number, or says that its size
// is not known.
func (s *sheet) extraDisk(number int, p props, n span) {
	item := fmt.Sprintf("further disk %d", number)
	d := diskOf(p, "volumeSize", "volumeType", "gp2")
	if d.gb.IsZero() {
		s.unpriced(item, p.notKnown("volumeSize"))
		return
	}
	s.disk(item, d, n)
}

// disk bills n volumes: space, and IOPS and throughput beyond what is included.
func (s *sheet) disk(item string, d disk, n span) {
	sku := d.kind
	if sku == "standard" {
		sku = "magnetic (standard)"
	}
	add := func(what, sku string, each decimal.Decimal) {
		if each.IsPositive() {
			s.bill(charge{item: item + what, service: EBS, sku: sku, count: n.times(each), basis: d.basis, note: d.note})
		}
	}
	add(", "+d.kind, sku, d.gb)
	switch d.kind {
	case "gp3":
		add(", IOPS above 3,000", "gp3 IOPS above 3,000", d.iops.Sub(num(gp3IOPS)))
		add(", throughput above 125 MB/s", "gp3 throughput above 125 MB/s", d.throughput.Sub(num(gp3Throughput)))
	case "io1":
		add(", IOPS", "io1 provisioned IOPS", d.iops)
	case "io2":
		s.tiered(charge{item: item + ", IOPS", service: EBS, count: n.times(d.iops), basis: d.basis}, io2Tiers)
	}
}

// io2Tiers are the steps of the price of provisioned IOPS. They hold per
// volume; a fleet of io2 volumes above 32,000 IOPS in sum is priced a little low.
var io2Tiers = []tier{
	{num(32_000), "first 32,000", "io2 provisioned IOPS, first 32,000"},
	{num(64_000), "up to 64,000", "io2 provisioned IOPS, 32,001-64,000"},
	{num(-1), "over 64,000", "io2 provisioned IOPS, over 64,000"},
}

// priceSnapshotPolicy prices the snapshots that a DLM policy takes of the
// volumes whose tags it names. Snapshots hold used blocks only and repeat only
// what changed, so half the volume to twice the volume is a fair range.
func priceSnapshotPolicy(s *sheet) {
	gb := zero
	for _, v := range s.byType[token.EBSVolume] {
		if tagsMatch(s.props.object("policyDetails").object("targetTags"), props(v.Props)) {
			size, _ := props(v.Props).num("size")
			gb = gb.Add(size)
		}
	}
	if gb.IsZero() {
		s.usage("paid per GB of snapshots; no volume of this stack has its target tags")
		return
	}
	s.bill(charge{
		item: "snapshots", service: EBS, sku: "snapshot storage (standard tier)", count: guessed(gb), basis: Assumed,
		note: "as much as the volumes hold; half to twice of it, by how full they are and how much changes",
	})
}

// tagsMatch reports whether a volume carries one of the tags.
func tagsMatch(want, volume props) bool {
	for _, key := range []string{"tags", "tagsAll"} {
		tags := volume.object(key)
		for k := range want {
			if tags.str(k) != "" && tags.str(k) == want.str(k) {
				return true
			}
		}
	}
	return false
}

// priceSnapshotCopy prices a copy of a snapshot as what it copies.
func priceSnapshotCopy(s *sheet) {
	if source, _ := s.target(s.r, "sourceSnapshotId", token.EBSSnapshot); source != nil {
		s.props = s.props.over(props{"volumeSize": source.Props["volumeSize"], "volumeId": source.Props["volumeId"]})
	}
	priceSnapshot(s)
}

// priceSnapshot prices one snapshot of a volume of this stack.
func priceSnapshot(s *sheet) {
	gb, ok := s.props.num("volumeSize")
	if v, _ := s.target(s.r, "volumeId", token.EBSVolume); v != nil && !ok {
		gb, ok = props(v.Props).num("size")
	}
	if !ok {
		s.usage("paid per GB; the size of the volume is not known")
		return
	}
	s.bill(charge{item: "snapshot", service: EBS, sku: "snapshot storage (standard tier)", count: span{zero, gb, gb},
		basis: Derived, note: "used blocks only, at most the size of the volume"})
}

// priceFastRestore prices what keeps a snapshot ready to be restored at full speed in
// one zone.
func priceFastRestore(s *sheet) {
	s.hours("hours of fast restore", EBS, "fast snapshot restore", one, Declared, "one snapshot in one zone")
}
