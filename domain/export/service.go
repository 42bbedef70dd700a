package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/coupon"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/order"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
)

// Store keeps exports. Insert refuses, with domain.ErrExists, a second open one of a person in the same slot.
type Store interface {
	domain.Documents[Export]
	// OfCamp lists the exports of a camp, the newest first.
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]Export, domain.Cursor, error)
	// OfOrganiser lists the exports of all its camps, the newest first.
	OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Export, domain.Cursor, error)
	// OfTemplate lists the exports of a coupon template's codes, the newest first.
	OfTemplate(ctx context.Context, template string, page domain.Page) ([]Export, domain.Cursor, error)
	// Due lists those that time was to change before the instant.
	Due(ctx context.Context, before time.Time, page domain.Page) ([]Export, domain.Cursor, error)
}

// Books makes spreadsheets that may be larger than memory.
type Books interface {
	New() (Book, error)
}

// Book is a spreadsheet being written, from its first row to its last.
type Book interface {
	// Sheet begins another sheet. One that grows too long for a sheet goes on in a further one, with the same head.
	Sheet(name string, head []string) error
	// Row writes strings, int64s and float64s, and each domain.Fen as a number of yuan that shows two decimals. No string is
	// ever taken for a formula.
	Row(cells []any) error
	// Finish returns the file, to be read before Discard.
	Finish() (file io.Reader, size int64, err error)
	// Discard takes away what was written; to be called in any case.
	Discard() error
}

// Bucket is what this feature needs of the media's bucket.
type Bucket interface {
	Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error
	SignDownload(ctx context.Context, key, contentType string, expires time.Time) (string, error)
	Delete(ctx context.Context, key string) error
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Titles(ctx context.Context, ids []string) (map[string]string, error)
	Taken(ctx context.Context, id string) (int64, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface{ domain.Many[lesson.Task] }

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
	Contacts(ctx context.Context, ids []string, names, phones bool) (map[string]member.Contact, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
}

// Teams is what this feature needs of domain/team.
type Teams interface {
	Names(ctx context.Context, camp string, members []string) (map[string]string, error)
}

// Replies is what this feature needs of domain/form.
type Replies interface {
	History(ctx context.Context, camp string) (form.History, error)
	Answers(h form.History, enrolment string, r *form.Reply, shown form.Shown) (map[string][]string, error)
}

// Handed reads check-ins.
type Handed interface {
	// InDays lists the check-ins of a camp from one day to another, both included, by day; "" is no bound.
	InDays(ctx context.Context, camp string, from, to domain.Day, page domain.Page) ([]checkin.Checkin, domain.Cursor, error)
	// CountInDays counts them.
	CountInDays(ctx context.Context, camp string, from, to domain.Day) (int64, error)
	// DaysOf returns, by member, the days with a check-in that counts.
	DaysOf(ctx context.Context, camp string, members []string) (map[string][]domain.Day, error)
}

// Reviews is what this feature needs of domain/review.
type Reviews interface {
	Many(ctx context.Context, checkins []string) (map[string]review.Review, error)
}

// Quizzes reads quizzes.
type Quizzes interface {
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]quiz.Quiz, domain.Cursor, error)
}

// Attempts reads attempts.
type Attempts interface {
	OfQuiz(ctx context.Context, quiz string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error)
	CountQuiz(ctx context.Context, quiz string) (int64, error)
}

// Batches is what this feature needs of domain/coupon.
type Batches interface {
	BatchForStaff(ctx context.Context, template, batch string) (coupon.Batch, error)
	Written(ctx context.Context, b coupon.Batch, after int) ([]coupon.Listed, error)
}

// Orders reads orders.
type Orders interface {
	ByCamp(ctx context.Context, camp string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error)
	CountCamp(ctx context.Context, camp string) (int64, error)
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Books      Books
	Bucket     Bucket
	Camps      Camps
	Tasks      Tasks
	Members    Members
	Enrolments Enrolments
	Teams      Teams
	Replies    Replies
	Checkins   Handed
	Reviews    Reviews
	Quizzes    Quizzes
	Attempts   Attempts
	Coupons    Batches
	Orders     Orders
	IDs        domain.IDs
	Clock      domain.Clock
}

// Ask has a file written by a worker. What it shows of names and phone numbers is what the acting person may see now.
// Returns ErrBusy if they have as many open ones as one may.
func (s *Service) Ask(ctx context.Context, campID string, f Form) (Export, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightExport)
	if err != nil {
		return Export{}, err
	}
	if err := f.Check(); err != nil {
		return Export{}, err
	}
	if f.Kind == Money {
		if err := domain.ActorFrom(ctx).Must(domain.RightMoney, in.Place()); err != nil {
			return Export{}, err
		}
	}
	if !f.Kind.Dated() {
		f.From, f.To = "", ""
	}
	actor := domain.ActorFrom(ctx)
	return s.begin(ctx, Export{
		Organiser: in.Organiser, Camp: in.ID, Kind: f.Kind, From: f.From, To: f.To,
		Names: actor.Has(domain.RightPersonal, in.Place()), Phones: actor.Has(domain.RightPhones, in.Place()),
	}, in.Calendar)
}

// begin leaves a file to a worker.
func (s *Service) begin(ctx context.Context, e Export, in domain.Calendar) (Export, error) {
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	e.Doc, e.By, e.State, e.At, e.HeardAt = domain.Doc{ID: s.IDs.New()}, actor.Member, Waiting, now, now
	e.Key = fmt.Sprintf("exports/%s/yingdi-%s-%s.xlsx", domain.Secret(), e.Kind, in.Day(now))
	e.Emit(EventAsked, now, nil)
	for e.Slot = 1; e.Slot <= MaxOpen; e.Slot++ {
		if err := s.Store.Insert(ctx, e); !errors.Is(err, domain.ErrExists) {
			return e, err
		}
	}
	return Export{}, fmt.Errorf("exports of member %s: %w", actor.Member, ErrBusy)
}

// TookChannels writes down that the acting person takes away what came of an organiser's channels. Returns domain.ErrForbidden
// for those who may not.
func (s *Service) TookChannels(ctx context.Context, organiser string, from, to domain.Day, rows int) error {
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	if err := actor.Must(domain.RightExport, domain.Place{Organiser: organiser}); err != nil {
		return err
	}
	return s.Store.Insert(ctx, Export{
		Doc: domain.Doc{ID: s.IDs.New()}, Organiser: organiser, Kind: Channels, From: from, To: to, By: actor.Member, State: Done, Rows: int64(rows),
		At: now, HeardAt: now, FinishedAt: now, Fetches: []Fetch{{actor.Member, now}}, Fetched: 1,
	})
}

// Entry is an export with the names of who and what.
type Entry struct {
	Export
	Who     member.Card
	Camp    string // its title
	Fetches []Fetcher
	May     bool // the acting person may have the file
}

// Fetcher is who was given a link.
type Fetcher struct {
	Who member.Card
	At  time.Time
}

// OfCamp lists a camp's exports to those who may export, the newest first.
func (s *Service) OfCamp(ctx context.Context, campID string, page domain.Page) (camp.Camp, []Entry, domain.Cursor, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightExport)
	if err != nil {
		return in, nil, "", err
	}
	list, next, err := s.Store.OfCamp(ctx, campID, page)
	if err != nil {
		return in, nil, "", err
	}
	entries, err := s.entries(ctx, list)
	return in, entries, next, err
}

// Audit lists the exports of an organiser's camps, the newest first, to those who may see who took what away.
func (s *Service) Audit(ctx context.Context, organiser string, page domain.Page) ([]Entry, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightAudit, domain.Place{Organiser: organiser}); err != nil {
		return nil, "", err
	}
	list, next, err := s.Store.OfOrganiser(ctx, organiser, page)
	if err != nil {
		return nil, "", err
	}
	entries, err := s.entries(ctx, list)
	return entries, next, err
}

// entries joins exports with names: two round trips, however many there are.
func (s *Service) entries(ctx context.Context, list []Export) ([]Entry, error) {
	var people, camps []string
	for _, e := range list {
		people = append(people, e.By)
		if e.Camp != "" {
			camps = append(camps, e.Camp)
		}
		for _, f := range e.Fetches {
			people = append(people, f.By)
		}
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, err
	}
	titles, err := s.Camps.Titles(ctx, camps)
	if err != nil {
		return nil, err
	}
	actor := domain.ActorFrom(ctx)
	entries := make([]Entry, len(list))
	for i, e := range list {
		entries[i] = Entry{Export: e, Who: cards[e.By], Camp: titles[e.Camp], May: e.may(actor) == nil}
		for _, f := range e.Fetches {
			entries[i].Fetches = append(entries[i].Fetches, Fetcher{cards[f.By], f.At})
		}
	}
	return entries, nil
}

// may refuses those who may not see all that the file shows.
func (e Export) may(a domain.Actor) error {
	at := domain.Place{Organiser: e.Organiser, Camp: e.Camp}
	if err := a.Must(domain.RightExport, at); err != nil {
		return err
	}
	if e.Kind == Money && !a.Has(domain.RightMoney, at) {
		return domain.ErrForbidden
	}
	if e.Names && !a.Has(domain.RightPersonal, at) || e.Phones && !a.Has(domain.RightPhones, at) {
		return domain.ErrForbidden
	}
	return nil
}

// get returns an export of the camp; those of others do not exist there.
func (s *Service) get(ctx context.Context, campID, id string) (Export, error) {
	if err := domain.ActorFrom(ctx).MustBeMember(); err != nil {
		return Export{}, err
	}
	e, err := s.Store.Get(ctx, id)
	if err == nil && e.Camp != campID {
		err = fmt.Errorf("export %s of camp %s: %w", id, campID, domain.ErrNotFound)
	}
	return e, err
}

// Cancel stops an export that is still to come. Its worker notices soon.
func (s *Service) Cancel(ctx context.Context, campID, id string) (Export, error) {
	e, err := s.get(ctx, campID, id)
	if err != nil {
		return e, err
	}
	if err := domain.ActorFrom(ctx).Must(domain.RightExport, domain.Place{Organiser: e.Organiser, Camp: e.Camp}); err != nil {
		return e, err
	}
	return s.Store.Update(ctx, id, func(e *Export) error { return e.stop(Cancelled, "", s.Clock.Now()) })
}

// Link notes that the acting person takes the file and returns a link to it that works for LinkLife. Returns ErrGone and
// ErrNotDone.
func (s *Service) Link(ctx context.Context, campID, id string) (string, error) {
	e, err := s.get(ctx, campID, id)
	if err != nil {
		return "", err
	}
	actor := domain.ActorFrom(ctx)
	if err := e.may(actor); err != nil {
		return "", err
	}
	now := s.Clock.Now()
	// First: a link that nobody knows of must not be out.
	if e, err = s.Store.Update(ctx, id, func(e *Export) error { return e.fetch(actor.Member, now) }); err != nil {
		return "", err
	}
	return s.Bucket.SignDownload(ctx, e.Key, ContentType, now.Add(LinkLife))
}

// ContentType of the files.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
