package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/team"
)

// Desk is where a teacher works through what learners have handed in.
type Desk struct {
	Filter   Filter
	Camp     camp.Camp   // of the filter; the zero one if it is all camps
	Camps    []camp.Camp // to choose among, if it is all camps
	Queue    []Row       // what waits the longest, of what was asked for
	More     domain.Cursor
	Matching Matching // of what was asked for
	Waiting  int64    // in all, whatever the filter
	Tasks    []lesson.Task
	Teams    []team.Team
	Open     *Open // nil if nothing waits that is free, and nothing was asked for
}

// Row is a check-in that waits.
type Row struct {
	checkin.Checkin
	Author member.Card
	Title  string      // of its camp
	Holder member.Card // who else has it on their desk; the zero one if nobody
	Own    bool        // the actor's own, which they may not review
}

// free reports whether the actor can have it.
func (r Row) free() bool { return !r.Own && r.Holder.ID == "" }

// Open is the check-in that lies on the desk.
type Open struct {
	checkin.Entry
	Camp      camp.Camp
	Task      lesson.Task    // the zero one if it was removed
	Body      []lesson.Shown // of the task
	Streak    int            // of the learner, days
	Done      int            // scheduled days on which they handed in
	Review    Review         // the zero one if nobody has begun
	Writing   bool           // the actor holds it and can write
	Mine      bool           // the actor's own, which they may not review
	Holder    member.Card    // who else has it
	Files     []media.View
	Told      []Said                 // what was released, the oldest first
	Before    []checkin.Entry        // what was handed in before, the oldest first
	People    map[string]member.Card // of the audit, by id
	Remarks   []Remark
	UndoUntil time.Time // of a release that can still be taken back
	Previous  string    // check-ins beside it in the queue, "" at the ends
	Next      string
	Ahead     []media.View // what lies in the next one
}

// Desk returns the desk to those who may review, with the given check-in on it, or with the one that has waited the
// longest and is free if id is empty. What lies on it the actor has claimed, if they can have it. With soft, another
// takes the place of one that they cannot have.
func (s *Service) Desk(ctx context.Context, f Filter, id string, soft bool) (Desk, error) {
	desk, sources, err := s.desk(ctx, f)
	if err != nil {
		return Desk{}, err
	}
	page := domain.Page{Limit: deskQueue}
	for first := true; ; first = false {
		rows, next, err := s.rows(ctx, sources, f, page)
		if err != nil {
			return Desk{}, err
		}
		if first {
			desk.Queue, desk.More = rows, next
		}
		if id != "" && !soft {
			break
		}
		var ok bool
		if id, ok, err = s.takeOne(ctx, rows, id); err != nil {
			return Desk{}, err
		}
		if ok || next == "" {
			break
		}
		id, page.After = "", next
	}
	if id != "" {
		desk.Open, err = s.open(ctx, desk, id)
	}
	return desk, err
}

// deskQueue is how much of the queue lies on the desk at once.
const deskQueue = 50

// desk is what surrounds the queue.
func (s *Service) desk(ctx context.Context, f Filter) (Desk, []checkin.Waiting, error) {
	if err := f.Check(); err != nil {
		return Desk{}, nil, err
	}
	in, sources, err := s.sources(ctx, f)
	if err != nil {
		return Desk{}, nil, err
	}
	desk := Desk{Filter: f, Camp: in}
	for _, w := range sources {
		n, err := s.Checkins.CountWaiting(ctx, checkin.Waiting{Organiser: w.Organiser, Camp: w.Camp})
		if err != nil {
			return Desk{}, nil, err
		}
		desk.Waiting += n
	}
	if desk.Matching, err = s.matching(ctx, sources, f, desk.Waiting); err != nil {
		return Desk{}, nil, err
	}
	if f.Camp == "" {
		mine, _, err := s.Camps.Mine(ctx, camp.Filter{}, domain.Page{Limit: domain.MaxPage})
		actor := domain.ActorFrom(ctx)
		desk.Camps = slices.DeleteFunc(mine, func(c camp.Camp) bool { return c.State == camp.Draft || !actor.Has(domain.RightReview, c.Place()) })
		return desk, sources, err
	}
	tasks, err := s.Tasks.All(ctx, f.Camp)
	if err != nil {
		return Desk{}, nil, err
	}
	desk.Tasks = lesson.ByCheckin(tasks)
	desk.Teams, err = s.Teams.All(ctx, f.Camp)
	return desk, sources, err
}

// takeOne claims the wanted row, or else the first that is free. An empty id means that there was none.
func (s *Service) takeOne(ctx context.Context, rows []Row, want string) (id string, ok bool, err error) {
	at := max(0, slices.IndexFunc(rows, func(r Row) bool { return r.ID == want }))
	for _, r := range slices.Concat(rows[at:], rows[:at]) {
		if !r.free() {
			continue
		}
		_, err := s.Take(ctx, r.ID)
		switch {
		case err == nil:
			return r.ID, true, nil
		case errors.Is(err, ErrClaimed), errors.Is(err, ErrReleased), errors.Is(err, domain.ErrNotFound): // another was faster
		default:
			return "", false, err
		}
	}
	return "", false, nil
}

func (s *Service) open(ctx context.Context, desk Desk, id string) (*Open, error) {
	entry, err := s.Checkins.View(ctx, id)
	if err != nil {
		return nil, err
	}
	if desk.Camp.ID != "" && entry.Camp != desk.Camp.ID {
		return nil, fmt.Errorf("check-in %s of camp %s: %w", id, desk.Camp.ID, domain.ErrNotFound)
	}
	open := &Open{Entry: entry, Camp: desk.Camp, Mine: entry.Member == domain.ActorFrom(ctx).Member}
	if open.Camp.ID == "" {
		if open.Camp, err = s.Camps.ForStaff(ctx, entry.Camp, domain.RightReview); err != nil {
			return nil, err
		}
	}
	if open.Task, err = s.task(ctx, entry.Checkin); err != nil {
		return nil, err
	}
	progress, err := s.Checkins.Progress(ctx, open.Camp, entry.Member)
	if err != nil {
		return nil, err
	}
	open.Streak, open.Done = progress.Streak, len(progress.Done)
	if len(entry.Submissions) > 0 {
		if open.Before, err = s.Checkins.History(ctx, id); err != nil {
			return nil, err
		}
	}
	if err := s.openReview(ctx, open); err != nil {
		return nil, err
	}
	return open, s.look(ctx, open, desk.Queue)
}

// openReview claims the review if the actor can have it, and gathers what was said so far.
func (s *Service) openReview(ctx context.Context, open *Open) (err error) {
	if !open.Mine && !open.Reviewed {
		_, err := s.Take(ctx, open.ID)
		if err != nil && !errors.Is(err, ErrClaimed) && !errors.Is(err, ErrReleased) {
			return err
		}
	}
	if open.Review, err = s.ForReviewer(ctx, open.ID); err != nil {
		return err
	}
	r, by, now := open.Review, domain.ActorFrom(ctx).Member, s.Clock.Now()
	holder := r.Holder(now)
	open.Writing = !open.Mine && r.State != Released && holder == by
	if r.undoable(now) {
		open.UndoUntil = r.SettleAt
	}
	people := []string{r.Reviewer, holder}
	for _, c := range r.Audit {
		people = append(people, c.By)
	}
	for _, p := range r.History {
		people = append(people, p.Reviewer)
	}
	slices.Sort(people)
	if open.People, err = s.Members.Cards(ctx, slices.DeleteFunc(slices.Compact(people), func(id string) bool { return id == "" })); err != nil {
		return err
	}
	if holder != "" && holder != by {
		open.Holder = open.People[holder]
	}
	if open.Writing {
		open.Remarks, err = s.RemarksOf(ctx, open.Organiser)
	}
	return err
}

// look finds the files of the task, of what was said and of what comes next in the queue.
func (s *Service) look(ctx context.Context, open *Open, queue []Row) (err error) {
	r := open.Review
	told := append([]Past{}, r.History...)
	if r.Round > 0 {
		told = append(told, r.current())
	}
	var ahead []string
	open.Previous, open.Next = beside(queue, open.ID)
	if at := slices.IndexFunc(queue, func(r Row) bool { return r.ID == open.Next }); at >= 0 {
		ahead = queue[at].Media
	}
	asked := open.Task.Files()
	ids := slices.Concat(r.Draft.Media, ahead, asked)
	for _, p := range told {
		ids = append(ids, p.Media...)
	}
	found, err := s.Media.Many(ctx, ids)
	if err != nil {
		return err
	}
	if open.Files, err = s.Media.Views(ctx, found, r.Draft.Media, true); err != nil {
		return err
	}
	shown, err := s.Media.Views(ctx, found, asked, true)
	if err != nil {
		return err
	}
	open.Body = lesson.Show(open.Task.Body(found), shown)
	if open.Ahead, err = s.Media.Views(ctx, found, ahead, true); err != nil {
		return err
	}
	for _, p := range told {
		files, err := s.Media.Views(ctx, found, p.Media, true)
		if err != nil {
			return err
		}
		open.Told = append(open.Told, Said{p, files})
	}
	return nil
}

// beside finds the neighbours of a check-in in the queue: the one before it, and the next that is free. For one that is
// not in it, the next is the first that is.
func beside(queue []Row, id string) (previous, next string) {
	at := slices.IndexFunc(queue, func(r Row) bool { return r.ID == id })
	if at > 0 {
		previous = queue[at-1].ID
	}
	for _, r := range queue[at+1:] {
		if r.free() {
			return previous, r.ID
		}
	}
	return previous, ""
}
