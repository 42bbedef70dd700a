package season

import (
	"bytes"
	"fmt"
	"maps"
	"sync"

	"yingdi/season/audit"
)

// book is where the players write down what they were promised, and what was done how often.
type book struct {
	mu       sync.Mutex
	promises audit.Promises
	counts   map[string]int
	luck     map[string]int
	handed   map[[2]int]int // seat and day → index in promises.Handed
	liked    map[[2]string]int
}

func newBook() *book {
	return &book{counts: map[string]int{}, luck: map[string]int{}, handed: map[[2]int]int{}, liked: map[[2]string]int{}}
}

func (b *book) write(note func(*audit.Promises)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	note(&b.promises)
}

func (b *book) count(what string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts[what] += n
}

// chance counts what depends on who was quicker, too.
func (b *book) chance(what string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.luck[what] += n
}

// expect notes an answer, and that it is none of those that the rules allow.
func (b *book) expect(a answer, k call, statuses ...int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.promises.Answers++
	for _, status := range statuses {
		if a.status == status {
			return true
		}
	}
	b.unexpected(fmt.Sprintf("%s %s was answered with %d %s, not with %v", k.method, k.path, a.status, a.code(), statuses))
	return false
}

// refused is expect for a refusal by its code.
func (b *book) refused(a answer, k call, status int, code string) bool {
	if !b.expect(a, k, status) {
		return false
	}
	return b.check(a.code() == code, "%s %s was refused with %s, not with %s", k.method, k.path, a.code(), code)
}

// check notes that an answer says what it must not.
func (b *book) check(ok bool, format string, args ...any) bool {
	if !ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.unexpected(fmt.Sprintf(format, args...))
	}
	return ok
}

func (b *book) unexpected(what string) { b.promises.Unexpected = append(b.promises.Unexpected, what) }

// same notes whether a repeated request was answered as the first.
func (b *book) same(first, again []byte, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.promises.Replays++
	if !bytes.Equal(first, again) {
		b.promises.Different = append(b.promises.Different, what)
	}
}

func (b *book) hand(seat, day int, h audit.Handed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handed[[2]int{seat, day}] = len(b.promises.Handed)
	b.promises.Handed = append(b.promises.Handed, h)
}

// edit changes what was handed in.
func (b *book) edit(seat, day int, text string, media []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := &b.promises.Handed[b.handed[[2]int{seat, day}]]
	h.Text, h.Media = text, media
}

// checkin of a seat on a day; ok is false if there is none.
func (b *book) checkin(seat, day int) (id string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, ok := b.handed[[2]int{seat, day}]
	if !ok {
		return "", false
	}
	return b.promises.Handed[at].ID, true
}

func (b *book) like(checkin, member string, on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := [2]string{checkin, member}
	at, ok := b.liked[key]
	if !ok {
		at = len(b.promises.Likes)
		b.liked[key] = at
		b.promises.Likes = append(b.promises.Likes, audit.Like{Checkin: checkin, Member: member})
	}
	b.promises.Likes[at].On = on
}

// campOf an order that was acknowledged; empty for others.
func (b *book) campOf(order string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.promises.Orders {
		if o.ID == order {
			return o.Camp
		}
	}
	return ""
}

func (b *book) countsSoFar() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.counts)
}
