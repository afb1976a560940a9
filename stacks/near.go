package stacks

import (
	"strings"

	"github.com/rung-dev/rung/components/firewall"
	"github.com/rung-dev/rung/stacks/config"
)

// farPercent is the ladder's own figure: stage 4 ends where one region is too
// far for half of the users.
const farPercent = 50

// nearUsers counts the users for whom the stack's one region is not far; nil
// where there are several.
func nearUsers(cfg config.Config) *firewall.Near {
	if cfg.Stage != 4 {
		return nil
	}
	s := farSignal(cfg)
	return &firewall.Near{Countries: near(cfg.Home()), FarPercent: farPercent, Why: s.near + " " + s.next}
}

// neighbours are the countries near the regions whose names begin so: those to
// which a round trip takes some tens of milliseconds rather than hundreds. The
// longest beginning counts.
var neighbours = map[string]string{
	"us-":            "US CA MX GT BZ SV HN NI CR PA CU JM HT DO BS BB TT AG DM GD KN LC VC PR BM",
	"ca-":            "US CA MX GT BZ SV HN NI CR PA CU JM HT DO BS BB TT AG DM GD KN LC VC PR BM",
	"sa-":            "AR BO BR CL CO EC GY PY PE SR UY VE",
	"eu-":            "AL AD AT BE BA BG BY HR CY CZ DK EE FI FR DE GI GR HU IS IE IT LV LI LT LU MT MD MC ME NL MK NO PL PT RO RS SM SK SI ES SE CH TR UA GB VA",
	"ap-south-1":     "IN PK BD LK NP BT MV AE OM QA BH KW SA",
	"ap-southeast-1": "SG MY ID TH VN PH KH LA MM BN TL HK",
	"ap-southeast-2": "AU NZ PG FJ NC VU SB WS TO PF",
	"ap-northeast-":  "JP KR TW HK MO CN MN",
}

func near(region string) []string {
	best := ""
	for begin := range neighbours {
		if strings.HasPrefix(region, begin) && len(begin) > len(best) {
			best = begin
		}
	}
	return strings.Fields(neighbours[best])
}
