// Command imaged is the program of an image that has nothing else: no shell, no library.
// It serves, works, makes its table, or says a variable, by its first word.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	word := "serve"
	if len(os.Args) > 1 {
		word = os.Args[1]
	}
	go func() { // the first process of a container ends by no signal that it does not take
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		<-told
		os.Exit(0)
	}()
	switch word {
	case "serve":
		serve()
	case "work":
		fmt.Println("works on", os.Getenv("QUEUE_URL"))
		for {
			time.Sleep(time.Second)
		}
	case "migrate":
		fmt.Println(ask("CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY)"))
	case "say":
		fmt.Println(os.Getenv(os.Args[2]))
	}
}

// version is what the image's own file says.
func version() string {
	text, _ := os.ReadFile("/version")
	return strings.TrimSpace(string(text))
}

func serve() {
	if version() == "bad" {
		os.Exit(3)
	}
	http.HandleFunc("/alive", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	http.HandleFunc("/new", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, ask("INSERT INTO orders DEFAULT VALUES RETURNING id"))
	})
	http.HandleFunc("/count", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, ask("SELECT count(*) FROM orders")) })
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(map[string]string{"part": "web", "version": version(),
			"greeting": os.Getenv("GREETING"), "secret": os.Getenv("API_KEY"), "database": ask("SELECT current_database()::text")})
	})
	fmt.Println(http.ListenAndServe(os.Getenv("HOST")+":"+os.Getenv("PORT"), nil))
	os.Exit(1)
}

// ask is the first value of a statement's answer, or why there is none.
func ask(statement string) string {
	ctx, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	conn, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err.Error()
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, statement)
	if err != nil {
		return err.Error()
	}
	answer := "nothing"
	for rows.Next() {
		if values, err := rows.Values(); err == nil && len(values) > 0 {
			answer = fmt.Sprint(values[0])
		}
	}
	if rows.Err() != nil {
		return rows.Err().Error()
	}
	return answer
}
