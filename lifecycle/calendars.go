package lifecycle

// calendar is what one page of AWS's says about one product.
type calendar struct {
	product, source, read string
	ends                  map[string]string // days by version
}

// calendars are the table. Days that a page gives only the month of are left
// out. Of Valkey, Redis OSS 7 and OpenSearch 1.3, 2.11 and up AWS
// has announced no end.
var calendars = []calendar{
	{
		product: PostgreSQL, read: "2026-11-29",
		source: "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
		ends: map[string]string{
			"11": "2024-02-29", "12": "2025-02-28", "13": "2026-02-28", "14": "2027-02-28", "15": "2028-02-29",
			"16": "2029-02-28", "17": "2030-02-28", "18": "2031-02-28",
		},
	},
	{
		product: AuroraPostgreSQL, read: "2026-11-29",
		source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html",
		ends: map[string]string{
			"11": "2024-02-29", "12": "2025-02-28", "13": "2026-02-28", "14": "2027-02-28", "15": "2028-02-29",
			"16": "2029-02-28", "17": "2030-02-28", "18": "2031-02-28",

			// The minor versions with long-term support, 14.6, 15.10, 16.8 and 17.7, end
			// with their major one.
			"14.17": "2026-11-30", "14.18": "2026-12-31",
			"15.12": "2026-11-30", "15.13": "2026-12-31", "15.14": "2027-04-30", "15.15": "2027-05-31",
			"15.17": "2027-09-30", "15.18": "2027-12-31",
			"16.9": "2026-12-31", "16.10": "2027-04-30", "16.11": "2027-05-31", "16.13": "2027-09-30", "16.14": "2027-12-31",
			"17.4": "2026-11-30", "17.5": "2026-12-31", "17.6": "2027-04-30", "17.9": "2027-09-30", "17.10": "2027-12-31",
			"18.3": "2027-11-30", "18.4": "2027-12-31",
		},
	},
	{
		product: Redis, read: "2026-11-29",
		source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html",
		ends:   map[string]string{"4": "2026-01-31", "5": "2026-01-31", "6": "2027-01-31"},
	},
	{
		product: OpenSearch, read: "2026-11-29",
		source: "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/what-is.html#end-of-support",
		ends: map[string]string{
			"OpenSearch_1.0": "2025-11-07", "OpenSearch_1.1": "2025-11-07", "OpenSearch_1.2": "2025-11-07",
			"OpenSearch_2.3": "2025-11-07", "OpenSearch_2.5": "2025-11-07", "OpenSearch_2.7": "2025-11-07",
			"OpenSearch_2.9": "2025-11-07",
		},
	},
	{
		product: Lambda, read: "2026-11-29",
		source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
		ends:   map[string]string{"nodejs20.x": "2026-04-30", "nodejs22.x": "2027-04-30", "nodejs24.x": "2028-04-30"},
	},
	{
		// The quarterly releases end in June 2027, the updates of security two years later.
		product: AmazonLinux, read: "2026-11-29",
		source: "https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html",
		ends:   map[string]string{"al2023-ami": "2029-06-30"},
	},
}
