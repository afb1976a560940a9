package cloudflare

import (
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	service = "Cloudflare"
)

// madeAt stands for every date: the offline cloud knows no time.
const madeAt = "2026-01-01T00:00:00Z"

var zoneID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// onZone refuses what cannot be the id of a zone. A zone need not be a resource
// of the program: it may have been made by hand, so that any id of the right
// form is taken to exist.
func onZone(o *sim.Op) error {
	id := o.In.Str("zoneId")
	if id == "" || zoneID.MatchString(id) {
		return nil
	}
	return sim.Refuse("7003", fmt.Sprintf("Could not route to /zones/%s, perhaps your object identifier is invalid?", id),
		"Give zoneId as 32 hex digits; the id is on the domain's overview page.")
}

func wrong(property, format string, args ...any) []sim.Failure {
	return []sim.Failure{{Property: property, Reason: property + ": " + fmt.Sprintf(format, args...)}}
}

// zoneKinds is the table of zones and what a zone has once.
func zoneKinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.CloudflareZone, Service: service, API: "Zone",
			Name:      &sim.Name{Property: "zone", Max: 253, Taken: "1061"},
			Defaults:  sim.Props{"jumpStart": false},
			Enums:     map[string][]string{"type": {"full", "partial", "secondary"}, "plan": plans},
			ReplaceOn: []string{"accountId", "zone"},
			ID:        func(o *sim.Op) string { return o.Hex(32, "zone") },
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"nameServers": sim.List("ada.ns.cloudflare.com", "ben.ns.cloudflare.com"), "status": "pending", "plan": "free", "type": "full",
					"paused": false, "meta": map[string]any{"phishing_detected": false, "wildcard_proxiable": true}, "vanityNameServers": []any{}, "verificationKey": "",
				}
			},
		},
		{
			Token: token.CloudflareZoneSettingsOverride, Service: service, API: "ZoneSettings", Noun: "Cloudflare Zone Settings",
			Enums:     settingValues(),
			Ranges:    map[string]sim.Range{"settings.maxUpload": {Min: 100, Max: 500}},
			ReplaceOn: []string{"zoneId"},
			ID:        func(o *sim.Op) string { return o.In.Str("zoneId") },
			Outputs: func(*sim.Op) sim.Props {
				return sim.Props{
					"initialSettings": []any{}, "initialSettingsReadAt": madeAt, "readonlySettings": []any{}, "zoneStatus": "active", "zoneType": "full",
				}
			},
			Refs:  []sim.Ref{zoneRef()},
			Rules: sim.Many(sim.Create|sim.Update, onZone),
		},
		{
			Token: token.CloudflareTieredCache, Service: service, API: "TieredCache",
			Enums:     map[string][]string{"cacheType": {"smart", "generic", "off"}},
			ReplaceOn: []string{"zoneId"},
			ID:        func(o *sim.Op) string { return o.In.Str("zoneId") },
			Refs:      []sim.Ref{zoneRef()},
			Rules:     sim.Many(sim.Create|sim.Update, onZone),
		},
	}
}

var plans = []string{
	"free", "lite", "pro", "pro_plus", "business", "enterprise", "partners_free", "partners_pro", "partners_business",
	"partners_enterprise",
}

// zoneRef names a zone. None is demanded, and a zone takes what it holds along.
func zoneRef() sim.Ref {
	return sim.Ref{Path: "zoneId", To: []sim.Target{{Token: token.CloudflareZone}}}
}

// settingValues are the values of the settings of a zone; most are switches.
func settingValues() map[string][]string {
	onOff := []string{"on", "off"}
	out := map[string][]string{
		"settings.ssl":                  {"off", "flexible", "full", "strict", "origin_pull"},
		"settings.minTlsVersion":        {"1.0", "1.1", "1.2", "1.3"},
		"settings.tls13":                {"on", "off", "zrt"},
		"settings.cacheLevel":           {"aggressive", "basic", "simplified"},
		"settings.securityLevel":        {"off", "essentially_off", "low", "medium", "high", "under_attack"},
		"settings.polish":               {"off", "lossless", "lossy"},
		"settings.pseudoIpv4":           {"off", "add_header", "overwrite_header"},
		"settings.cnameFlattening":      {"flatten_at_root", "flatten_all", "flatten_none"},
		"settings.imageResizing":        {"on", "off", "open"},
		"settings.universalSsl":         onOff,
		"settings.originMaxHttpVersion": {"1", "2"},
	}
	for _, name := range []string{
		"alwaysOnline", "alwaysUseHttps", "automaticHttpsRewrites", "binaryAst", "brotli", "browserCheck", "developmentMode",
		"earlyHints",
		"emailObfuscation", "filterLogsToCloudflare", "fonts", "h2Prioritization", "hotlinkProtection", "http2", "http3",
		"ipGeolocation", "ipv6",
		"logToCloudflare", "mirage", "opportunisticEncryption", "opportunisticOnion", "orangeToOrange",
		"originErrorPagePassThru", "prefetchPreload",
		"privacyPass", "replaceInsecureJs", "responseBuffering", "rocketLoader", "serverSideExclude",
		"sortQueryStringForCache", "speedBrain",
		"tls12Only", "tlsClientAuth", "trueClientIpHeader", "visitorIp", "waf", "webp", "websockets", "zeroRtt",
	} {
		out["settings."+name] = onOff
	}
	out["settings.h2Prioritization"] = []string{"on", "off", "custom"}
	return out
}
