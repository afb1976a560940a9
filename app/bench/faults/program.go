package faults

import (
	"fmt"
	"maps"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/freeport"
)

// program is the app in a role, at an address that it keeps when it is started again.
type program struct {
	r       *run
	env     apptest.Env
	role    contract.Role
	address string
	now     *apptest.Program
}

func startProgram(r *run, env apptest.Env, role contract.Role) *program {
	p := &program{r: r, env: maps.Clone(env), role: role}
	p.address = freeAddress(r)
	p.env[contract.EnvListen], p.env[contract.EnvInternalListen] = p.address, freeAddress(r)
	p.start()
	return p
}

func (p *program) start() { p.now = apptest.StartProgram(p.r, p.env, string(p.role)) }

// kill ends it as a crash does.
func (p *program) kill() { p.now.Kill() }

func freeAddress(r *run) string { return fmt.Sprintf("127.0.0.1:%d", freePort(r)) }

func freePort(r *run) int {
	port, err := freeport.On("127.0.0.1")
	r.must(err)
	return port
}
