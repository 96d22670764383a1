// The entities of a text. Runs as it stands: go run ner.go
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"unicode/utf16"
)

func main() {
	service := os.Getenv("NER_URL")
	if service == "" {
		service = "http://localhost:8080"
	}
	text := "Ms. Okafor 🙂 denies chest pain. Takes aspirin 81 mg p.o. daily."
	body, err := json.Marshal(map[string]any{"text": text, "options": map[string]any{"minConfidence": 0.5}})
	if err != nil {
		log.Fatal(err)
	}
	response, err := http.Post(service+"/ner", "application/json", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		problem, _ := io.ReadAll(response.Body)
		log.Fatalf("%s: %s", response.Status, problem)
	}
	var answer struct {
		Entities []struct {
			Start, End  int
			Text, Label string
			Confidence  float64
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}

	// Offsets count UTF-16 code units, and strings of Go are UTF-8.
	units := utf16.Encode([]rune(text))
	for _, entity := range answer.Entities {
		span := string(utf16.Decode(units[entity.Start:entity.End]))
		fmt.Println(entity.Start, entity.End, entity.Label, span)
	}
}
