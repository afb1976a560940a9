// Package services turns what the plan has of SQS, SNS, S3, Secrets Manager and SSM
// into one server of the lab that speaks their API. It is a process of its own, so that
// it outlives the supervisor; its plan is a file, which it reads anew when told.
package services

import (
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strconv"

	"github.com/rung-dev/rung/lab/awsapi"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/dns"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// Port is where the server listens; at OriginPort it shows buckets to the CDN, which
// has the right to read them: /BUCKET/KEY. At NamesPort it answers for the cloud's names.
const (
	Port       = 4566
	OriginPort = 4567
	NamesPort  = 53
)

// Word is the argument by which an executable of rung is this server.
const Word = "services"

// file is what the server is told.
type file struct {
	Account        string
	Listen, Origin string
	// Names is where it listens for questions about names, Table what it answers.
	Names string
	Table dns.Table
	Plan  awsapi.Plan
	// Objects are what buckets hold by the plan itself.
	Objects []object
}

// object is one of the plan's own objects; File is where its content lies.
type object struct {
	Bucket, Key, File string
	Header            map[string]string
}

// address is the server's place among machines.
const machine = "aws"

// Unit is the name of the server.
const Unit = machine

// Identity is the access key of the lab's machines.
func Identity(secret func(string) string) [2]string {
	return [2]string{"AKIALAB", secret("aws-key")}
}

// Bucket is where the CDN finds a bucket: an address with a port, and the path.
func Bucket(at site.Site, name string) (place, path string, err error) {
	address, err := at.Address(machine, Port, OriginPort)
	return net.JoinHostPort(address, strconv.Itoa(OriginPort)), "/" + name, err
}

// Endpoint is the server's URL.
func Endpoint(at site.Site) (string, error) {
	address, err := at.Address(machine, Port, OriginPort)
	return fmt.Sprintf("http://%s:%d", address, Port), err
}

// Server is the unit, which answers for names by a table; there is none for a cloud that
// has nothing to hold.
func Server(c cloud.Cloud, at site.Site, executable string, secret func(string) string, names dns.Table) (unit.Part,
	error) {
	plan := read(c)
	if len(plan.Plan.Queues)+len(plan.Plan.Topics)+len(plan.Plan.Buckets)+len(plan.Plan.Secrets) == 0 {
		return unit.Part{}, nil
	}
	address, err := at.Address(machine, Port, OriginPort)
	if err != nil {
		return unit.Part{}, err
	}
	key := Identity(secret)
	plan.Plan.Keys = []awsapi.Key{{ID: key[0], Secret: key[1], Principal: "machine"}}
	plan.Listen = net.JoinHostPort(address, strconv.Itoa(Port))
	plan.Origin = net.JoinHostPort(address, strconv.Itoa(OriginPort))
	plan.Names, plan.Table = net.JoinHostPort(address, strconv.Itoa(at.Public(NamesPort))), names
	plan.Objects = objects(c, at)
	text, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return unit.Part{}, fmt.Errorf("write what the lab's AWS holds: %w", err)
	}
	dir := at.Data("aws")
	config := filepath.Join(dir, "plan.json")
	return unit.Part{
		Units: []unit.Unit{{
			Name: Unit, What: "SQS, SNS, S3, Secrets Manager, SSM, names", Address: address,
			Ports:   []int{Port, OriginPort, at.Public(NamesPort)},
			Dir:     dir,
			Program: []string{executable, "lab", Word, config},
			Files:   []unit.File{{Path: config, Content: string(text), Reload: true}},
			Health:  unit.Health{Kind: unit.TCP, Port: Port},
		}},
		Keep: []unit.Kept{{Dir: dir}},
	}, nil
}
