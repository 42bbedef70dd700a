package storagetest

import (
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/invitation"
	"yingdi/domain/quiz"
	"yingdi/domain/team"
	"yingdi/storage"
)

// featureTests hold what features ask of their indexes: what is in a list, in which order, and what is unique.
var featureTests = tests{
	"a team's learners come in the order in which they joined it": func(s *suite, t *testing.T) {
		db := s.db(t)
		boards, places, plans, err := storage.NewTeams(t.Context(), db)
		must(t, err)
		for i, in := range []string{"a", "b", "a", "", "a"} {
			id := fmt.Sprint("m", i)
			must(t, places.Insert(t.Context(), team.Place{Doc: doc(team.PlaceID("c1", id)), Camp: "c1", Member: id, Team: in, Since: noon.Add(-time.Duration(i) * time.Hour)}))
		}
		must(t, places.Insert(t.Context(), team.Place{Doc: doc(team.PlaceID("c2", "m0")), Camp: "c2", Member: "m0", Team: "a", Since: noon}))
		same(t, pagesOf(t, 2, func(p domain.Page) ([]team.Place, domain.Cursor, error) {
			return places.InTeam(t.Context(), "c1", "a", p)
		}), []string{"c1:m4", "c1:m2", "c1:m0"})
		n, err := places.CountTeam(t.Context(), "c1", "a")
		must(t, err)
		same(t, n, int64(3))
		_, err = places.Update(t.Context(), "c1:m2", func(p *team.Place) error { return p.Move(team.Team{}, "x", noon) })
		must(t, err)
		same(t, pagesOf(t, 2, func(p domain.Page) ([]team.Place, domain.Cursor, error) {
			return places.InTeam(t.Context(), "c1", "a", p)
		}), []string{"c1:m4", "c1:m0"})
		must(t, boards.Insert(t.Context(), team.Board{Doc: doc("c1"), Teams: []team.Team{{ID: "a", Name: "清晨组"}}}))
		must(t, plans.Insert(t.Context(), team.Plan{Doc: doc(team.PlanID("c1", "x")), Moves: []team.Move{{Member: "m0", Team: "a"}}, Fresh: []team.Team{{ID: "b", Name: "夜读组"}}}))
		p, err := plans.Get(t.Context(), "c1:x")
		must(t, err)
		same(t, p.Fresh, []team.Team{{ID: "b", Name: "夜读组"}})
	},
	"versions of a form are fetched together": func(s *suite, t *testing.T) {
		forms, versions, err := storage.NewForms(t.Context(), s.db(t))
		must(t, err)
		must(t, forms.Insert(t.Context(), form.Form{Doc: doc("c1"), Current: form.Version{Number: 3}}))
		for n := range 2 {
			must(t, versions.Insert(t.Context(), form.Version{Doc: doc(form.VersionID("c1", n+1)), Number: n + 1, Fields: []form.Field{{ID: "f1", Label: fmt.Sprint(n)}}}))
		}
		refusedWith(t, versions.Insert(t.Context(), form.Version{Doc: doc(form.VersionID("c1", 2))}), domain.ErrExists)
		found, err := versions.GetMany(t.Context(), []string{form.VersionID("c1", 1), form.VersionID("c1", 2), form.VersionID("c1", 9)})
		must(t, err)
		same(t, []int{len(found), found["c1:2"].Number}, []int{2, 2})
	},
	"an invitation is found by its token, which is one's own, and listed where it invites to": func(s *suite, t *testing.T) {
		invitations, err := storage.NewInvitations(t.Context(), s.db(t))
		must(t, err)
		for i, camp := range []string{"c1", "", "c1", "c2"} {
			must(t, invitations.Insert(t.Context(), invitation.Invitation{Doc: doc(fmt.Sprint("i", i)), TokenHash: fmt.Sprint("h", i), Organiser: "o1", Camp: camp, CreatedAt: noon.Add(time.Duration(i) * time.Hour)}))
		}
		refusedWith(t, invitations.Insert(t.Context(), invitation.Invitation{Doc: doc("i9"), TokenHash: "h1", Organiser: "o2"}), domain.ErrExists)
		one, err := invitations.ByToken(t.Context(), "h2")
		must(t, err)
		same(t, one.ID, "i2")
		_, err = invitations.ByToken(t.Context(), "")
		refusedWith(t, err, domain.ErrNotFound)
		list := func(at domain.Place) []string {
			return pagesOf(t, 1, func(p domain.Page) ([]invitation.Invitation, domain.Cursor, error) {
				return invitations.OfPlace(t.Context(), at, p)
			})
		}
		same(t, list(domain.Place{Organiser: "o1", Camp: "c1"}), []string{"i2", "i0"})
		same(t, list(domain.Place{Organiser: "o1"}), []string{"i1"})
		same(t, list(domain.Place{Organiser: "o2"}), []string{})
	},
	"quizzes and questions are listed until they are removed": func(s *suite, t *testing.T) {
		quizzes, questions, _, _, err := storage.NewQuizzes(t.Context(), s.db(t))
		must(t, err)
		for i := range 3 {
			at := noon.Add(time.Duration(i) * time.Hour)
			must(t, quizzes.Insert(t.Context(), quiz.Quiz{Doc: doc(fmt.Sprint("q", i)), Camp: "c1", CreatedAt: at}))
			must(t, questions.Insert(t.Context(), quiz.Question{Doc: doc(fmt.Sprint("own", i)), Camp: "c1", Organiser: "o1", CreatedAt: at}))
			must(t, questions.Insert(t.Context(), quiz.Question{Doc: doc(fmt.Sprint("shared", i)), Organiser: "o1", CreatedAt: at}))
		}
		_, err = quizzes.Update(t.Context(), "q1", func(q *quiz.Quiz) error { q.RemovedAt = noon; return nil })
		must(t, err)
		_, err = questions.Update(t.Context(), "own2", func(q *quiz.Question) error { q.RemovedAt = noon; return nil })
		must(t, err)
		same(t, pagesOf(t, 1, func(p domain.Page) ([]quiz.Quiz, domain.Cursor, error) { return quizzes.OfCamp(t.Context(), "c1", p) }), []string{"q2", "q0"})
		bank := func(of string) []string {
			return pagesOf(t, 2, func(p domain.Page) ([]quiz.Question, domain.Cursor, error) {
				return questions.OfBank(t.Context(), of, p)
			})
		}
		same(t, bank("c1"), []string{"own1", "own0"})
		same(t, bank("o1"), []string{"shared2", "shared1", "shared0"})
	},
	"attempts are listed by what is still to be done with them": func(s *suite, t *testing.T) {
		_, _, attempts, regrades, err := storage.NewQuizzes(t.Context(), s.db(t))
		must(t, err)
		for i, a := range []quiz.Attempt{
			{State: quiz.InProgress, N: 1, DueAt: noon.Add(time.Hour), GraceAt: noon.Add(2 * time.Hour)},
			{State: quiz.Overdue, N: 1, DueAt: noon, GraceAt: noon.Add(time.Hour / 2)},
			{State: quiz.Finished, N: 1, Waiting: 2}, {State: quiz.Finished, N: 2}, {State: quiz.Abandoned, N: 1}, {State: quiz.Finished, N: 1},
		} {
			a.Doc, a.Quiz, a.StartedAt = doc(fmt.Sprint("a", i)), "q1", noon.Add(time.Duration(i)*time.Minute)
			must(t, attempts.Insert(t.Context(), a))
		}
		type lister func(p domain.Page) ([]quiz.Attempt, domain.Cursor, error)
		for name, c := range map[string]struct {
			list lister
			want []string
		}{
			"all": {func(p domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
				return attempts.OfQuiz(t.Context(), "q1", p)
			}, []string{"a5", "a4", "a3", "a2", "a1", "a0"}},
			"first": {func(p domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
				return attempts.First(t.Context(), "q1", p)
			}, []string{"a2", "a5"}},
			"to grade": {func(p domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
				return attempts.ToGrade(t.Context(), "q1", p)
			}, []string{"a2"}},
			"due": {func(p domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
				return attempts.Due(t.Context(), noon.Add(2*time.Hour), p)
			}, []string{"a1", "a0"}},
			"none": {func(p domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
				return attempts.OfQuiz(t.Context(), "q2", p)
			}, []string{}},
		} {
			t.Log(name)
			same(t, pagesOf(t, 1, c.list), c.want)
		}
		n, err := attempts.CountQuiz(t.Context(), "q1")
		must(t, err)
		same(t, n, int64(6))
		for i := range 2 {
			must(t, regrades.Insert(t.Context(), quiz.Regrade{Doc: doc(fmt.Sprint("r", i)), Quiz: "q1", At: noon.Add(time.Duration(i) * time.Hour)}))
		}
		same(t, pagesOf(t, 1, func(p domain.Page) ([]quiz.Regrade, domain.Cursor, error) {
			return regrades.OfQuiz(t.Context(), "q1", p)
		}), []string{"r1", "r0"})
	},
	"a person has one open export in a slot": func(s *suite, t *testing.T) {
		exports, err := storage.NewExports(t.Context(), s.db(t))
		must(t, err)
		ask := func(id, by string, slot int, state export.State) error {
			return exports.Insert(t.Context(), export.Export{Doc: doc(id), By: by, Slot: slot, State: state, Camp: "c1", Organiser: "o1", At: noon, HeardAt: noon, ExpiresAt: noon.Add(time.Hour)})
		}
		must(t, ask("e1", "x", 1, export.Waiting))
		refusedWith(t, ask("e2", "x", 1, export.Running), domain.ErrExists)
		must(t, ask("e2", "x", 2, export.Running))
		must(t, ask("e3", "y", 1, export.Waiting))
		must(t, ask("e4", "x", 1, export.Done))
		must(t, ask("e5", "x", 1, export.Failed))
		_, err = exports.Update(t.Context(), "e1", func(e *export.Export) error { e.State = export.Cancelled; return nil })
		must(t, err)
		must(t, ask("e6", "x", 1, export.Waiting))
		due := func(before time.Time) []string {
			return pagesOf(t, 2, func(p domain.Page) ([]export.Export, domain.Cursor, error) {
				return exports.Due(t.Context(), before, p)
			})
		}
		same(t, due(noon.Add(time.Hour)), []string{})
		same(t, due(noon.Add(2*time.Hour)), []string{"e4"})
		same(t, due(noon.Add(export.Patience+time.Second)), []string{"e4", "e2", "e3", "e6"})
		same(t, len(pagesOf(t, 4, func(p domain.Page) ([]export.Export, domain.Cursor, error) {
			return exports.OfCamp(t.Context(), "c1", p)
		})), 6)
		same(t, len(pagesOf(t, 4, func(p domain.Page) ([]export.Export, domain.Cursor, error) {
			return exports.OfOrganiser(t.Context(), "o1", p)
		})), 6)
	},
	"check-ins are walked through by day": func(s *suite, t *testing.T) {
		checkins, _, _, err := storage.NewCheckins(t.Context(), s.db(t))
		must(t, err)
		for i, day := range []domain.Day{"2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03", "2026-03-10"} {
			must(t, checkins.Insert(t.Context(), checkin.Checkin{Doc: doc(fmt.Sprint("k", i)), Camp: "c1", Day: day, Task: "t"}))
		}
		must(t, checkins.Insert(t.Context(), checkin.Checkin{Doc: doc("other"), Camp: "c2", Day: "2026-03-02"}))
		for _, c := range []struct {
			from, to domain.Day
			want     []string
		}{
			{"", "", []string{"k0", "k1", "k2", "k3", "k4"}}, {"2026-03-02", "2026-03-03", []string{"k1", "k2", "k3"}},
			{"2026-03-03", "", []string{"k3", "k4"}}, {"", "2026-03-01", []string{"k0"}}, {"2026-03-04", "2026-03-09", []string{}},
		} {
			same(t, pagesOf(t, 2, func(p domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
				return checkins.InDays(t.Context(), "c1", c.from, c.to, p)
			}), c.want)
			n, err := checkins.CountInDays(t.Context(), "c1", c.from, c.to)
			must(t, err)
			same(t, n, int64(len(c.want)))
		}
	},
}

func (s *suite) db(t testing.TB) *storage.DB {
	t.Helper()
	db := storage.NewDB(s.open(t))
	t.Cleanup(func() { db.Close() })
	return db
}

// pagesOf walks through a list in pages of the size and returns the ids.
func pagesOf[T any, P interface {
	*T
	Head() *domain.Doc
}](t testing.TB, size int, list func(domain.Page) ([]T, domain.Cursor, error)) []string {
	t.Helper()
	ids := []string{}
	for page := (domain.Page{Limit: size}); ; {
		items, next, err := list(page)
		must(t, err)
		for i := range items {
			ids = append(ids, P(&items[i]).Head().ID)
		}
		if next == "" {
			return ids
		}
		page.After = next
	}
}
