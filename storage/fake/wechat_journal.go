package fake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// fact is a line of the journal. The state that outlives a restart is what the facts make of it, live and when
// they are read again.
type fact struct {
	Person   string    `json:"person,omitempty"` // openid
	Name     string    `json:"name,omitempty"`
	Seen     time.Time `json:"seen,omitzero"`
	Template string    `json:"template,omitempty"`
	Consents int       `json:"consents,omitempty"` // given (or taken, below zero)
	Sent     *Sent     `json:"sent,omitempty"`
	Push     *Push     `json:"push,omitempty"` // new, or in a new state
}

// note must be called with the lock held.
func (w *WeChat) note(f fact) {
	if w.journal != nil && w.broken == nil {
		line, err := json.Marshal(f)
		if err == nil {
			_, err = w.journal.Write(append(line, '\n'))
		}
		w.broken = err
	}
	w.apply(f)
}

func (w *WeChat) apply(f fact) {
	if f.Person != "" {
		p, ok := w.people[f.Person]
		if !ok {
			p = &Person{OpenID: f.Person, Name: f.Name, Consents: map[string]int{}}
			w.people[f.Person] = p
		}
		if !f.Seen.IsZero() {
			p.Seen = f.Seen
		}
		if f.Template != "" {
			p.Consents[f.Template] += f.Consents
		}
	}
	if f.Sent != nil {
		w.sent = append(w.sent, *f.Sent)
	}
	if f.Push != nil {
		w.putPush(*f.Push)
	}
}

// openJournal reads what is there, up to the line that a kill cut short, and writes on over that one.
func (w *WeChat) openJournal() error {
	if w.opts.Journal == "" {
		return nil
	}
	file, err := os.OpenFile(w.opts.Journal, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("fake wechat: journal: %w", err)
	}
	whole, lines := int64(0), bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		var f fact
		if err == nil {
			err = json.Unmarshal(bytes.TrimSpace(line), &f)
		}
		if err != nil {
			file.Close()
			return fmt.Errorf("fake wechat: journal at byte %d: %w", whole, err)
		}
		w.apply(f)
		whole += int64(len(line))
	}
	if _, err := file.Seek(whole, io.SeekStart); err != nil {
		file.Close()
		return fmt.Errorf("fake wechat: journal: %w", err)
	}
	w.journal = file
	return nil
}

// Close closes the journal and tells whether everything was written to it.
func (w *WeChat) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.journal == nil {
		return nil
	}
	err := w.journal.Close()
	w.journal = nil
	if w.broken != nil {
		err = w.broken
	}
	return err
}
