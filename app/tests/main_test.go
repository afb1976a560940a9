package tests

import (
	"flag"
	"testing"

	"github.com/rung-dev/rung/app/apptest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "6") //nolint:errcheck // it is a flag: those that are parallel wait more than they work
	apptest.Main(m)
}
