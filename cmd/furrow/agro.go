package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"unicode/utf8"

	"golang.org/x/term"

	"furrow/sensors/agro"
)

type agroCommand struct{}

// Help is what `furrow agro --help` says beyond one line.
func (agroCommand) Help() string {
	return "Each line of standard input is one request, such as\n\n" + agroExample + "\n\n" +
		"and gives one line of standard output, in the same order: the id with a result, or the id with an error that says what to change. " +
		"A missing reading is null. Quantities: " + strings.Join(agro.Quantities(), ", ") + "."
}

const agroExample = `{"id": 1, "quantity": "vpd_air", "inputs": {"temp_c": 20, "rh_pct": 50}}`

// Run answers until standard input ends. It fails only when it cannot read or write; a wrong request is answered.
func (agroCommand) Run() error {
	signal.Reset(os.Interrupt, syscall.SIGTERM) // nothing is open, so that the process may end in the middle of a line
	signal.Ignore(syscall.SIGPIPE)              // a reader that left is an error with a sentence
	if term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprintln(os.Stderr, "Write one request a line, such as "+agroExample)
	}
	return answerAgro(os.Stdin, os.Stdout)
}

// agroAnswer is one line of output.
type agroAnswer struct {
	ID     json.RawMessage `json:"id"` // as it came, null when there was none
	Result agro.Result     `json:"result,omitzero"`
	Error  string          `json:"error,omitempty"`
}

// answerAgro writes each answer at once, before it waits for the next request.
func answerAgro(in io.Reader, out io.Writer) error {
	requests := &agroLines{in: bufio.NewReaderSize(in, 64<<10)}
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for {
		line, err := requests.next()
		var answer agroAnswer
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLongAgroLine):
			answer = agroAnswer{ID: idWithin(line), Error: "The line is longer than 16 MiB: send fewer readings at a time."}
		case err != nil:
			return fmt.Errorf("reading requests: %w", err)
		default:
			answer = answerTo(line)
		}
		if err := answers.Encode(answer); err != nil {
			return fmt.Errorf("writing answers: %w", err)
		}
	}
}

// answerTo carries one request out. What else stands in it does not matter.
func answerTo(line []byte) agroAnswer {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	var request map[string]json.RawMessage
	if err := json.Unmarshal(line, &request); err != nil || request == nil {
		return answerToGarbage(line)
	}
	answer := agroAnswer{ID: printable(request["id"])}
	var quantity string
	if err := json.Unmarshal(request["quantity"], &quantity); err != nil || quantity == "" {
		answer.Error = `quantity must be a text such as "vpd_air".`
		return answer
	}
	result, err := agro.Compute(quantity, request["inputs"])
	if err != nil {
		answer.Error = err.Error()
		return answer
	}
	answer.Result = result
	return answer
}

// answerToGarbage says what is wrong with a line that is no JSON object. Programs that take NaN for JSON are common
// enough for a sentence of their own.
func answerToGarbage(line []byte) agroAnswer {
	if repaired := nullForNaN(line); !bytes.Equal(repaired, line) && json.Valid(repaired) {
		return agroAnswer{ID: idWithin(repaired), Error: "JSON has neither NaN nor Infinity: write null for a missing reading."}
	}
	return agroAnswer{ID: idWithin(line), Error: "The line must be one JSON object, such as " + agroExample + "."}
}

// textOrNaN finds a text whole, so that a NaN in it is not seen, or a number that is none.
var textOrNaN = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\b(?i:nan|inf(?:inity)?)\b`)

// nullForNaN writes null for numbers that are none, and leaves texts as they are.
func nullForNaN(line []byte) []byte {
	return textOrNaN.ReplaceAllFunc(line, func(token []byte) []byte {
		if token[0] == '"' {
			return token
		}
		return []byte("null")
	})
}

// idWithin finds the id in what may be only the beginning of an object, nil when it is not there.
func idWithin(line []byte) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(line))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for d.More() {
		var value json.RawMessage
		key, err := d.Token()
		if err != nil || d.Decode(&value) != nil {
			return nil
		}
		if key == "id" {
			return printable(value)
		}
	}
	return nil
}

// printable returns JSON as UTF-8, whatever its texts held.
func printable(value json.RawMessage) json.RawMessage {
	if utf8.Valid(value) {
		return value
	}
	return bytes.ToValidUTF8(value, []byte("\ufffd"))
}
