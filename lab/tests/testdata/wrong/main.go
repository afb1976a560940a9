// Wrong is a version of the app that is well by its health check, and answers everything
// else with an error: only an alarm tells it from a good one.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/rung-dev/rung/app/contract"
)

func main() {
	listen := os.Getenv(contract.EnvListen)
	if listen == "" || len(os.Args) > 1 && os.Args[1] == string(contract.RoleMigrate) {
		return // nothing to bring up to date
	}
	http.HandleFunc(contract.HealthPath, func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this version is wrong", http.StatusInternalServerError)
	})
	log.Fatal(http.ListenAndServe(listen, nil)) //nolint:gosec // no stranger asks
}
