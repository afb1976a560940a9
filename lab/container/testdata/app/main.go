// Command app is what the tests' image has: it says what it sees, or serves it.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// seen is what a container's program finds.
type seen struct {
	Words      []string
	UID, PID   int
	Greeting   string
	Folder     string
	Authority  bool
	WritesTemp bool
	WritesOwn  bool
	Host       []string // what lies at its root
}

func look() seen {
	s := seen{Words: os.Args[1:], UID: os.Getuid(), PID: os.Getpid(), Greeting: os.Getenv("GREETING")}
	s.Folder, _ = os.Getwd()
	_, err := os.Stat(os.Getenv("AUTHORITY"))
	s.Authority = err == nil
	s.WritesTemp = os.WriteFile("/tmp/x", []byte("x"), 0o600) == nil
	s.WritesOwn = os.WriteFile("/srv/x", []byte("x"), 0o600) == nil
	s.Host, _ = filepath.Glob("/*")
	return s
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		serve()
	}
	if len(os.Args) > 1 && os.Args[1] == "wait" {
		ended := make(chan os.Signal, 1)
		signal.Notify(ended, syscall.SIGTERM)
		fmt.Println("waits")
		select {
		case <-ended:
			fmt.Println("ends")
			os.Exit(7)
		case <-time.After(time.Minute):
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(look())
}

func serve() {
	err := http.ListenAndServe(os.Getenv("HOST")+":"+os.Getenv("PORT"), http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(look()) }))
	fmt.Println(err)
	os.Exit(1)
}
