package cost

import (
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// modelHours bills machines of SageMaker.
func (s *sheet) modelHours(item, typ string, n decimal.Decimal, note string) {
	s.machineHours(typ, exactly(n), charge{item: item + ", " + typ, service: SageMaker, sku: typ + " instance",
		basis: Declared, note: note})
}

// priceNotebook prices the machine of a notebook, as if it were never stopped.
func priceNotebook(s *sheet) {
	typ := s.props.str("instanceType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("instanceType"))
		return
	}
	s.modelHours("notebook hours", typ, one, "as long as it is not stopped")
	s.besides("its volume")
}

// priceModelEndpoint prices the machines of an endpoint, which its configuration names;
// variants without machines are paid by the request.
func priceModelEndpoint(s *sheet) {
	config, _ := s.target(s.r, "endpointConfigName", token.SageMakerEndpointConfiguration)
	if config == nil {
		s.unpriced("", "its configuration is not of this stack, so its machines are not known")
		return
	}
	p := props(config.Props)
	for _, v := range append(p.objects("productionVariants"), p.objects("shadowProductionVariants")...) {
		name := v.str("variantName")
		if name != "" {
			name = " of " + name
		}
		switch typ := v.str("instanceType"); {
		case typ != "":
			s.modelHours("hours"+name, typ, v.numOr("initialInstanceCount", 1), "")
		case v.has("serverlessConfig"):
			s.usageItem("requests"+name, "paid per second of a request and GB of memory")
		default:
			s.unpriced("hours"+name, v.notKnown("instanceType"))
		}
	}
	if len(s.lines) == 0 && len(p.objects("productionVariants")) == 0 {
		s.unpriced("", p.notKnown("productionVariants"))
	}
}
