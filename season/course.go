package season

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"yingdi/season/audit"
)

// course is one with three levels, which the fellows of the circle go through besides: the second opens after the first
// and two check-ins, the third after the second or after some days.
type course struct {
	id     string
	levels []string
	tasks  [][]string // by level
}

// afterDays is what the third level asks for of those who have not finished the second.
const afterDays = 3

var levelLink = regexp.MustCompile(`/levels/([0-9a-z]{24})\b`)

// openCourse makes the course and its badges.
func (c *circle) openCourse(ctx context.Context, organiser string) error {
	to, err := c.teacher.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "kind": {"course"}, "title": {"吉他闯关"}, "zone": {zone}, "cut_off": {strconv.Itoa(cutOff)}, "seats": {"100"},
	})
	if err != nil {
		return err
	}
	c.course.id = part(to, 3)
	base := "/camps/" + c.course.id
	for n := range 3 {
		form := url.Values{"title": {fmt.Sprintf("第 %d 关", n+1)}}
		switch n {
		case 1:
			form["cond_0"], form["n_0"] = []string{"level:" + c.course.levels[0], "checkins"}, []string{"", "2"}
			form.Set("join_0", "all")
		case 2:
			form["cond_0"], form["n_0"] = []string{"level:" + c.course.levels[1], "days"}, []string{"", strconv.Itoa(afterDays)}
			form.Set("join_0", "any")
		}
		if _, err := c.teacher.post(ctx, base+"/levels/new", form); err != nil {
			return err
		}
		if c.course.levels, err = c.found(ctx, base+"/levels", levelLink, n+1); err != nil {
			return err
		}
	}
	if err := c.fillCourse(ctx, base); err != nil {
		return err
	}
	for _, badge := range []url.Values{
		{"name": {"第一关"}, "what": {"level"}, "level": {c.course.levels[0]}}, {"name": {"毕业"}, "what": {"course"}}, {"name": {"三天"}, "what": {"checkins"}, "n": {"3"}},
	} {
		if _, err := c.teacher.post(ctx, base+"/badges", badge); err != nil {
			return err
		}
	}
	_, err = c.teacher.post(ctx, base+"/publish", url.Values{})
	return err
}

// fillCourse gives the levels their tasks: two for the first, one for each other.
func (c *circle) fillCourse(ctx context.Context, base string) error {
	var all []string
	for _, n := range []int{0, 0, 1, 2} {
		if _, err := c.teacher.post(ctx, base+"/tasks", url.Values{"level": {c.course.levels[n]}, "title": {"练习"}}); err != nil {
			return err
		}
		list, err := c.found(ctx, base+"/levels", taskLink, len(all)+1)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(list, func(id string) bool { return slices.Contains(all, id) })
		for len(c.course.tasks) <= n {
			c.course.tasks = append(c.course.tasks, nil)
		}
		c.course.tasks[n] = append(c.course.tasks[n], fresh...)
		all = append(all, fresh...)
	}
	return nil
}

// found lists the ids that a page links to, each once, of which there must be so many.
func (c *circle) found(ctx context.Context, path string, link *regexp.Regexp, want int) (ids []string, err error) {
	page, err := c.teacher.get(ctx, path)
	if err != nil {
		return nil, err
	}
	for _, found := range link.FindAllSubmatch(page, -1) {
		if id := string(found[1]); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) != want {
		return nil, fmt.Errorf("%s shows %d of %d", path, len(ids), want)
	}
	return ids, nil
}

// study is a fellow's morning in the course: a task that is open, now and then one that is not, and afterwards a look at
// the map and the badges.
func (f *fellow) study(ctx context.Context, day int) error {
	r := f.dice(8, day)
	for n, level := range f.in.course.levels {
		open, err := f.lookAtMap(ctx)
		if err != nil {
			return err
		}
		for _, task := range f.in.course.tasks[n] {
			id := f.in.course.id + ":" + f.member + ":" + task
			hand := call{method: http.MethodPost, path: "/camps/" + f.in.course.id + "/checkins", key: f.key(), json: map[string]any{
				"task": task, "text": fmt.Sprintf("%s 第 %d 天练习", f.name, day),
			}}
			again := hand
			again.key = f.key()
			switch {
			case !open[level] && r.IntN(3) == 0:
				a, _, err := f.ask(ctx, hand, http.StatusConflict)
				if err != nil {
					return err
				}
				f.book.check(a.code() == "level_locked", "a task of a locked level was refused with %s", a.code())
			case open[level] && f.learned[id] == 0 && r.IntN(2) == 0:
				if _, err := f.atOnce(ctx, []call{hand, again}, http.StatusCreated, http.StatusOK); err != nil {
					return err
				}
				f.learned[id] = day
			case f.learned[id] > 0 && f.learned[id] < day && r.IntN(8) == 0: // what has opened stays open
				if _, _, err := f.ask(ctx, call{method: http.MethodDelete, path: "/checkins/" + id}, http.StatusNoContent, http.StatusConflict); err != nil {
					return err
				}
				f.learned[id] = -1
			}
		}
	}
	_, err := f.lookAtMap(ctx)
	return err
}

// lookAtMap writes down which levels are open to the fellow, and which badges they have.
func (f *fellow) lookAtMap(ctx context.Context) (open map[string]bool, err error) {
	seen, open := audit.Map{Member: f.member}, map[string]bool{}
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/camps/" + f.in.course.id + "/levels"}, http.StatusOK)
	if err != nil || !ok {
		return open, err
	}
	var in struct{ Levels []struct{ ID, State string } }
	if err := a.into(&in); err != nil {
		return open, err
	}
	for _, l := range in.Levels {
		if l.State != "locked" {
			open[l.ID], seen.Open = true, append(seen.Open, l.ID)
		}
	}
	if a, ok, err = f.ask(ctx, call{method: http.MethodGet, path: "/me/badges"}, http.StatusOK); err != nil || !ok {
		return open, err
	}
	var won struct{ Items []struct{ ID, Camp string } }
	if err := a.into(&won); err != nil {
		return open, err
	}
	for _, b := range won.Items {
		if b.Camp == f.in.course.id {
			seen.Badges = append(seen.Badges, b.ID)
		}
	}
	f.book.write(func(p *audit.Promises) { p.Maps = append(p.Maps, seen) })
	return open, nil
}

// joinCourse takes a seat of the course, of which there are enough.
func (f *fellow) joinCourse(ctx context.Context) error {
	_, _, err := f.ask(ctx, call{method: http.MethodPost, path: "/camps/" + f.in.course.id + "/enrolments", key: f.key()}, http.StatusCreated)
	return err
}
