package machines

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/redis"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// single is an instance that is a server of its own, with what it stands on.
type single struct {
	instance cloud.Resource
	boot     Boot
	service  service
	volume   cloud.Resource
	address  string
	release  release
	port     int    // at which the program serves
	health   string // the path that it is asked for
}

// release is what the server's parameter names.
type release struct {
	Bucket, Key, SHA256 string
	Environment         map[string]string
	Secrets             []sealed
}

// Hosts are the public names of single servers, so that others may be told of them
// before the servers are decided.
func Hosts(c cloud.Cloud, at site.Site) (hosts []unit.Host, err error) {
	for _, association := range c.All(token.EC2EipAssociation) {
		eip, ok := c.ByID(token.EC2Eip, association.Str("allocationId"))
		if !ok {
			continue
		}
		port := contract.Port
		if instance, ok := c.ByID(token.EC2Instance, association.Str("instanceId")); ok {
			if boot, err := bootOf(c, instance.Str("userData")); err == nil {
				port, _ = boot.served()
			}
		}
		address, err := at.Address(association.Str("instanceId"), serverPorts(port)...)
		if err != nil {
			return nil, err
		}
		for _, key := range []string{"publicDns", "publicIp"} {
			hosts = append(hosts, unit.Host{Name: eip.Str(key), Address: fmt.Sprintf("%s:%d", address, port)})
		}
	}
	return hosts, nil
}

// serverPorts are what a single server listens on.
func serverPorts(serves int) []int { return append(ports(serves), postgres.Port, redis.Port) }

// Servers are the single servers of a cloud: the program, PostgreSQL and Valkey as
// three processes, with the data on the server's volume.
func Servers(c cloud.Cloud, at site.Site, around Surroundings, secret func(name string) string) (unit.Part, error) {
	var part unit.Part
	for _, instance := range c.All(token.EC2Instance) {
		s, err := readServer(c, instance)
		if err != nil {
			part.Notes = append(part.Notes, unit.Note{About: instance.Name, Text: err.Error(), Missing: true})
			continue
		}
		if s.address, err = at.Address(instance.ID, serverPorts(s.port)...); err != nil {
			return part, err
		}
		part.Add(s.part(at, around, secret).In(instance.Region))
	}
	return part, nil
}

// readServer reads what an instance is from its own first boot.
func readServer(c cloud.Cloud, instance cloud.Resource) (s single, err error) {
	s.instance = instance
	if s.boot, err = bootOf(c, instance.Str("userData")); err != nil {
		return s, err
	}
	var ok bool
	if s.service, ok = s.boot.program(); !ok {
		return s, errors.New("its script starts no program that the lab could run")
	}
	for _, attached := range c.Where(token.EC2VolumeAttachment, "instanceId", instance.ID) {
		if s.volume, ok = c.ByID(token.EBSVolume, attached.Str("volumeId")); ok {
			break
		}
	}
	if s.volume.ID == "" {
		return s, errors.New("its volume is not attached yet")
	}
	s.port, s.health = s.boot.served()
	settings := readEnvironment(s.boot[serverFile])
	parameter, ok := c.First(token.SSMParameter, "name", variable(settings, "RUNG_PARAMETER"))
	if !ok {
		return s, errors.New("its release is not named yet")
	}
	if err := json.Unmarshal([]byte(parameter.Str("value")), &s.release); err != nil {
		return s, fmt.Errorf("read its release from %s: %w", parameter.ID, err)
	}
	if s.release.SHA256 == "" {
		return s, errors.New("its image has the program, and the lab has no image")
	}
	return s, nil
}

// bootOf finds the script that user data fetches, and reads it.
func bootOf(c cloud.Cloud, data string) (Boot, error) {
	script, err := scriptOf(c, data)
	return ReadBoot(script), err
}

func scriptOf(c cloud.Cloud, data string) (string, error) {
	f, err := userData(data)
	if err != nil {
		return "", err
	}
	for _, object := range c.Where(token.S3BucketObjectv2, "key", f.key) {
		if object.Str("bucket") == f.bucket {
			return object.Str("content"), nil
		}
	}
	return "", fmt.Errorf("s3://%s/%s, which sets it up, is not there", f.bucket, f.key)
}

func (s single) part(at site.Site, around Surroundings, secret func(string) string) unit.Part {
	dir := at.Data(s.volume.ID)
	part := unit.Part{Keep: []unit.Kept{{Dir: dir, Snapshot: s.volume.ID}}}
	env := make([]string, 0, len(s.release.Environment))
	for name, value := range s.release.Environment {
		env = append(env, name+"="+value)
	}
	var after []string
	if s.boot.has("postgresql") {
		db := s.postgres(dir, secret)
		part.Units = append(part.Units, db.Unit(at), db.Backup(at, s.instance.ID))
		after = append(after, db.Name)
		env = replace(env, contract.EnvDatabaseURL, fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=disable", db.User,
			db.Password, s.address, postgres.Port, db.Database))
	}
	if s.boot.has("valkey") {
		cache := redis.Server{Name: s.instance.ID + OwnCache, Address: s.address, Dir: under(dir, "valkey"),
			Role: "beside the program", Policy: "allkeys-lru", Keeps: true}
		part.Units = append(part.Units, cache.Unit(at))
		after = append(after, cache.Name)
		env = replace(env, contract.EnvRedisURL, fmt.Sprintf("redis://%s:%d/0", s.address, redis.Port))
	}
	for _, v := range around.Vault.environment(s.release.Secrets, at.CA()) {
		name, value, _ := strings.Cut(v, "=")
		env = replace(env, name, value)
	}
	if variable(env, contract.EnvUploadsDir) != "" {
		env = replace(env, contract.EnvUploadsDir, Uploads(dir))
	}
	for _, name := range []string{contract.EnvPauseWrites, contract.EnvDatabaseURLFile} {
		if variable(env, name) != "" {
			env = replace(env, name, Moving(dir, name))
		}
	}
	slices.Sort(env)
	app := program{
		name: s.instance.ID + "/app", what: "the program of " + s.instance.Name, address: s.address,
		sha256: s.release.SHA256, service: s.service, environment: env, dir: Uploads(dir), after: after,
		port: s.port, health: unit.Health{Kind: unit.HTTP, Port: s.port, Path: s.health},
	}.unit(at, around)
	// As on a machine: a container sees only folders that are there when it starts.
	moves := unit.Command{Program: []string{"/bin/mkdir", "-p", filepath.Dir(Moving(dir, contract.EnvPauseWrites))}}
	app.Prepare = append([]unit.Command{moves}, app.Prepare...)
	part.Units = append(part.Units, app)
	return part
}

// OwnDatabase ends the name of the unit that is a server's own PostgreSQL.
const OwnDatabase = "/postgresql"

// OwnCache ends the name of the unit that is a server's own Redis.
const OwnCache = "/valkey"

// Uploads is the directory in which a server's program keeps files; dir is the server's
// volume.
func Uploads(dir string) string { return under(dir, "uploads") }

// Moving is the file by which a move of the rows holds a server's program back, or leads
// it to another database, for the variable that names it; dir is the server's volume.
func Moving(dir, name string) string { return under(dir, "handover", strings.ToLower(name)) }

// postgres is the server's own PostgreSQL, whose only user is the program.
func (s single) postgres(dir string, secret func(string) string) postgres.Server {
	return postgres.Server{
		Name: s.instance.ID + OwnDatabase, Address: s.address, Dir: under(dir, "postgresql"), Role: "beside the program",
		Admin: secret(s.volume.ID + "/admin"), User: "app", Password: secret(s.volume.ID + "/app"), Database: "app",
		Archive: under(dir, "postgresql", "archive"), Logical: true,
	}
}
