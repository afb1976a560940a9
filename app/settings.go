package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/app/contract"
)

// settings are what the app reads from its environment and arguments.
type settings struct {
	Role         contract.Role
	Listen       string
	Stage, Stack string
	// Dependencies are host:port addresses that the app needs to be ready.
	Dependencies map[string]string
}

// readSettings reports every problem at once, each with the variable's name.
func readSettings(args []string, getenv func(string) string) (settings, error) {
	s := settings{
		Role:         contract.Role(getenv(contract.EnvRole)),
		Listen:       getenv(contract.EnvListen),
		Stage:        getenv(contract.EnvStage),
		Stack:        getenv(contract.EnvStack),
		Dependencies: map[string]string{},
	}
	if len(args) > 0 {
		s.Role = contract.Role(args[0])
	}
	if s.Role == "" {
		s.Role = contract.RoleAll
	}
	if s.Listen == "" {
		s.Listen = ":" + strconv.Itoa(contract.Port)
	}
	var errs []error
	if !slices.Contains(contract.Roles(), s.Role) {
		errs = append(errs, fmt.Errorf("%s: got %q, want one of %v", contract.EnvRole, s.Role, contract.Roles()))
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		errs = append(errs, fmt.Errorf("%s: got %q, want an address such as :%d", contract.EnvListen, s.Listen, contract.Port))
	}
	if host := getenv(contract.EnvDatabaseHost); host != "" {
		port := getenv(contract.EnvDatabasePort)
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			errs = append(errs, fmt.Errorf("%s: got %q, want a port number", contract.EnvDatabasePort, port))
		}
		s.Dependencies["database"] = net.JoinHostPort(host, port)
	}
	if url := getenv(contract.EnvRedisURL); url != "" {
		address, ok := redisAddress(url)
		if !ok {
			errs = append(errs, fmt.Errorf("%s: want redis://host:port or rediss://host:port", contract.EnvRedisURL))
		}
		s.Dependencies["cache"] = address
	}
	return s, errors.Join(errs...)
}

// redisAddress takes the host and port out of a Redis URL.
func redisAddress(url string) (string, bool) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || scheme != "redis" && scheme != "rediss" {
		return "", false
	}
	rest = rest[strings.LastIndex(rest, "@")+1:]
	rest, _, _ = strings.Cut(rest, "/")
	_, _, err := net.SplitHostPort(rest)
	return rest, err == nil
}
