package fake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is a file of facts, one JSON a line. What outlives a restart is what the facts make of it when they are read
// again. A nil journal keeps nothing.
type journal[F any] struct {
	file   *os.File
	broken error // why it is no longer written
}

// openJournal reads what is there, up to the line that a kill cut short, and writes on over that one.
func openJournal[F any](path string, apply func(F)) (*journal[F], error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	whole, lines := int64(0), bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		var f F
		if err == nil {
			err = json.Unmarshal(bytes.TrimSpace(line), &f)
		}
		if err != nil {
			file.Close()
			return nil, fmt.Errorf("journal at byte %d: %w", whole, err)
		}
		apply(f)
		whole += int64(len(line))
	}
	if _, err := file.Seek(whole, io.SeekStart); err != nil {
		file.Close()
		return nil, fmt.Errorf("journal: %w", err)
	}
	return &journal[F]{file: file}, nil
}

func (j *journal[F]) write(f F) {
	if j == nil || j.broken != nil {
		return
	}
	line, err := json.Marshal(f)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	j.broken = err
}

// close tells whether everything was written.
func (j *journal[F]) close() error {
	if j == nil || j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return errors.Join(j.broken, err)
}
