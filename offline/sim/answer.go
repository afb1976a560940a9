package sim

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// Answer is what the making of a resource is answered with if nothing refuses it,
// for a program that is only looked at: inputs are not judged, and what they refer
// to need not stand anywhere. The cloud, which is one of [MemoryStore], holds the
// resource from then on, for what others compute from it. id is that of a resource
// that exists and is looked up, else empty. A preview is answered without an id;
// nothing is held, and what the cloud would fill in is unknown.
func (p *Provider) Answer(urn resource.URN, id resource.ID, inputs resource.PropertyMap,
	preview bool) (resource.ID, resource.PropertyMap, error) {
	kind, err := p.pkg.Kind(string(urn.Type()))
	if err != nil {
		return "", nil, err
	}
	in, _ := kind.fillDefaults(FromPulumi(inputs))
	kind.autoname(in, nil, string(urn), urn.Name(), 0, "")
	o, secret := p.op(kind, Create, urn, id, in), kind.secrets(inputs)
	if preview {
		return "", o.preview().ToPulumi(secret), nil
	}
	var props Props
	err = p.store.Change(func(c *Cloud) error {
		o.cloud = c
		if o.ID == "" {
			o.ID = o.makeID()
		}
		props = o.properties()
		c.hold(o.entry(props))
		return nil
	})
	return resource.ID(o.ID), props.ToPulumi(secret), err
}

// hold is put without a text: for a cloud that no file will ever have.
func (c *Cloud) hold(e *Entry) {
	c.ofType("", "", "") // the index stands from here on
	c.entries[e.key()] = e
	c.file(e.key())
}
