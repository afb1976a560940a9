package tests

import (
	"testing"

	"github.com/rung-dev/rung/app/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }
