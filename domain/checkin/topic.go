package checkin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"yingdi/domain"
)

// Limits of topics.
const (
	minTopic, maxTopic = 2, 20 // characters
	maxTagged          = 3     // topics of one check-in
)

// Tag says that a check-in which everybody may see is about a topic. Its id is the check-in's and the topic's.
type Tag struct {
	domain.Doc
	Checkin string    `json:"checkin"`
	Camp    string    `json:"camp"`
	Member  string    `json:"member"`
	Topic   string    `json:"topic"`
	On      bool      `json:"on"` // false once it is about something else, or not shown
	At      time.Time `json:"at"` // when the check-in was handed in
}

// Topic is how often a camp's learners write about something. Its id is the camp's and the topic's.
type Topic struct {
	domain.Doc
	Camp  string `json:"camp"`
	Name  string `json:"name"`
	Count int    `json:"count"` // of check-ins that everybody may see
}

// TagStore keeps tags.
type TagStore interface {
	domain.Documents[Tag]
	// OfCheckin lists the tags of a check-in that are on.
	OfCheckin(ctx context.Context, checkin string, page domain.Page) ([]Tag, domain.Cursor, error)
	// OfTopic lists the tags of a camp's topic that are on, the newest check-in first.
	OfTopic(ctx context.Context, camp, topic string, page domain.Page) ([]Tag, domain.Cursor, error)
	CountTopic(ctx context.Context, camp, topic string) (int64, error)
}

// TopicStore keeps topics.
type TopicStore interface {
	domain.Documents[Topic]
	domain.Many[Topic]
	// OfCamp lists the topics that somebody writes about, the most frequent first.
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]Topic, domain.Cursor, error)
}

// digest stands for a topic in an id.
func digest(topic string) string {
	sum := sha256.Sum256([]byte(topic))
	return hex.EncodeToString(sum[:12])
}

// TopicID of a camp's topic.
func TopicID(camp, topic string) string { return domain.Key(camp, digest(topic)) }

// fold makes one of the ways in which people type the same thing: full width or half, large or small.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if '！' <= r && r <= '～' {
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, s)
}

func inTopic(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// TopicOf returns what somebody typed as a topic is called, with or without its number signs, and whether it can be one.
func TopicOf(typed string) (name string, ok bool) {
	name = strings.Trim(strings.TrimSpace(fold(typed)), "#")
	n := len([]rune(name))
	return name, minTopic <= n && n <= maxTopic && !strings.ContainsFunc(name, func(r rune) bool { return !inTopic(r) })
}

// topicsIn finds #话题 and #话题# in a text, each once, in their order.
func topicsIn(text string) (topics []string) {
	runes := []rune(fold(text))
	for i := 0; i < len(runes); i++ {
		if runes[i] != '#' {
			continue
		}
		end := i + 1
		for end < len(runes) && inTopic(runes[end]) {
			end++
		}
		name, ok := TopicOf(string(runes[i+1 : end]))
		if !ok {
			continue
		}
		if !slices.Contains(topics, name) {
			topics = append(topics, name)
		}
		if i = end - 1; end < len(runes) && runes[end] == '#' {
			i = end
		}
	}
	return topics
}

// Topics that the check-in is about, at most three: those that its author chose, and those in its text.
func (c Checkin) Topics() []string {
	topics := slices.Clone(c.Chosen)
	for _, name := range topicsIn(c.Text) {
		if !slices.Contains(topics, name) {
			topics = append(topics, name)
		}
	}
	return topics[:min(len(topics), maxTagged)]
}

// chosen checks the topics of a form: they are offered in the camp, or the check-in has them already.
func (s *Service) chosen(ctx context.Context, campID string, f Form, had []string) error {
	if len(f.Topics) == 0 {
		return nil
	}
	w, err := s.Wall(ctx, campID)
	if err != nil {
		return err
	}
	for _, typed := range f.Topics {
		if name, _ := TopicOf(typed); !slices.Contains(w.Topics, name) && !slices.Contains(had, name) {
			return ErrNoTopic
		}
	}
	return nil
}

// Tag brings the tags of a check-in up to what it says. For jobs, after EventEdited, EventDeleted and EventShown. It looks
// again after it has written, so that of several who do this at once the last to write is right.
func (s *Service) Tag(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	for err == nil {
		about := c.about()
		if err = s.tag(ctx, c, about); err != nil {
			break
		}
		if c, err = s.Store.Get(ctx, id); slices.Equal(c.about(), about) {
			break
		}
	}
	return err
}

// about is the topics under which everybody may find it.
func (c Checkin) about() []string {
	if !c.Public() {
		return nil
	}
	return c.Topics()
}

func (s *Service) tag(ctx context.Context, c Checkin, about []string) error {
	on, _, err := s.Tags.OfCheckin(ctx, c.ID, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	for _, t := range on {
		if !slices.Contains(about, t.Topic) {
			if _, err := s.Tags.Update(ctx, t.ID, func(t *Tag) error { return t.turn(false, t.At, s.Clock.Now()) }); err != nil {
				return err
			}
		}
	}
	for _, topic := range about {
		fresh := Tag{Doc: domain.Doc{ID: c.ID + ":" + digest(topic)}, Checkin: c.ID, Camp: c.Camp, Member: c.Member, Topic: topic}
		if err := fresh.turn(true, c.SubmittedAt, s.Clock.Now()); err != nil {
			return err
		}
		err := s.Tags.Insert(ctx, fresh)
		if errors.Is(err, domain.ErrExists) {
			_, err = s.Tags.Update(ctx, fresh.ID, func(t *Tag) error { return t.turn(true, c.SubmittedAt, s.Clock.Now()) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Tag) turn(on bool, at, now time.Time) error {
	if t.On == on && t.At.Equal(at) {
		return domain.ErrSame
	}
	t.On, t.At = on, at
	t.Emit(EventTagged, now, nil)
	return nil
}

// Forget takes a tag of a deleted account down.
func (t *Tag) Forget(now time.Time) error { return t.turn(false, t.At, now) }

// CountTopic sets how often a tag's topic is written about, from the facts. For jobs, after EventTagged.
func (s *Service) CountTopic(ctx context.Context, tagID string) error {
	t, err := s.Tags.Get(ctx, tagID)
	if err != nil {
		return err
	}
	id := TopicID(t.Camp, t.Topic)
	n, err := s.Tags.CountTopic(ctx, t.Camp, t.Topic)
	for err == nil {
		_, err = s.Topics.Update(ctx, id, func(o *Topic) error {
			if o.Count == int(n) {
				return domain.ErrSame
			}
			o.Count = int(n)
			return nil
		})
		if errors.Is(err, domain.ErrNotFound) {
			err = s.Topics.Insert(ctx, Topic{Doc: domain.Doc{ID: id}, Camp: t.Camp, Name: t.Topic, Count: int(n)})
			if errors.Is(err, domain.ErrExists) {
				err = nil
				continue
			}
		}
		if err != nil {
			break
		}
		written := n
		if n, err = s.Tags.CountTopic(ctx, t.Camp, t.Topic); n == written {
			break
		}
	}
	return err
}

// Offer is a topic of a camp as people are shown it.
type Offer struct {
	Name    string
	Count   int
	Offered bool // by staff
}

// TopicsOf lists the topics of a camp, to its learners and its staff: on the first page those that staff offer, in
// their order, and then the others, the most frequent first. A page may be longer by what is offered, or shorter.
func (s *Service) TopicsOf(ctx context.Context, campID string, page domain.Page) ([]Offer, domain.Cursor, error) {
	if err := s.mayLook(ctx, campID); err != nil {
		return nil, "", err
	}
	w, err := s.Wall(ctx, campID)
	if err != nil {
		return nil, "", err
	}
	list, next, err := s.Topics.OfCamp(ctx, campID, page)
	if err != nil {
		return nil, "", err
	}
	var offers []Offer
	if page.After == "" && len(w.Topics) > 0 {
		ids := make([]string, len(w.Topics))
		for i, name := range w.Topics {
			ids[i] = TopicID(campID, name)
		}
		found, err := s.Topics.GetMany(ctx, ids)
		if err != nil {
			return nil, "", err
		}
		for i, name := range w.Topics {
			offers = append(offers, Offer{name, found[ids[i]].Count, true})
		}
	}
	for _, t := range list {
		if !slices.Contains(w.Topics, t.Name) {
			offers = append(offers, Offer{Name: t.Name, Count: t.Count})
		}
	}
	return offers, next, nil
}
