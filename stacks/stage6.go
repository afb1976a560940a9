package stacks

// stage6 is stage 5 with code at the edge, and with machines held for its
// baseline.
//
//	users ──▶ code at the edge: country, experiment, API key, redirects
//	            │       └── what a cache may keep
//	            ▼
//	          CDN ──▶ shield ──▶ bucket of static files
//	            │
//	            └──▶ the nearest of three or more cells, each as on stage 5;
//	                 its baseline has capacity reserved in every zone
//
// A further region or shard is a changed setting, and creates only. The steps are
// those of stage 5, by which the code at the edge and the held capacity come.
func stage6(c *cell) steps { return severalRegions(c) }
