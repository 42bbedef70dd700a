package fake

import "time"

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
	w.journal.write(f)
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

// Close closes the journal and tells whether everything was written to it.
func (w *WeChat) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.journal.close()
}
