package machine

// Connections is RDS's default formula for how many connections an engine's database
// takes: one for so much memory, up to a most. It is an upper bound, for RDS keeps a part
// of the memory for itself.
type Connections struct {
	// BytesEach is the memory in bytes that stands for one connection.
	BytesEach int
	// Most is where the formula, or what the engine takes as max_connections, ends.
	Most int
}

// The formulas, after the RDS user guide ("Maximum number of database connections"):
// LEAST(DBInstanceClassMemory/9531392, 5000) for PostgreSQL and
// DBInstanceClassMemory/12582880 for MySQL, which itself takes 100,000 at most.
var (
	PostgreSQLConnections = Connections{BytesEach: 9_531_392, Most: 5_000}
	MySQLConnections      = Connections{BytesEach: 12_582_880, Most: 100_000}
)

const gibibyte = 1 << 30

// Of is the number with that memory in GiB.
func (c Connections) Of(gib float64) int {
	return min(int(gib*gibibyte)/c.BytesEach, c.Most)
}
