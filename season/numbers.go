package season

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"yingdi/season/audit"
)

// lastDays of a season come after the camp's.
const lastDays = 10

// readNumbers writes down what staff are shown of every camp, and of the organiser that runs them.
func (t *staff) readNumbers(ctx context.Context, camps ...string) error {
	if err := t.renew(ctx, 0); err != nil {
		return err
	}
	if err := t.signIn(ctx); err != nil {
		return err
	}
	at := *t.now.Load()
	from, to := t.dayOf(-4), t.dayOf(t.plan.Days+lastDays)
	for _, camp := range camps {
		seen, err := t.numbersOf(ctx, camp, from, to)
		if err != nil {
			return err
		}
		seen.At = at
		t.book.write(func(p *audit.Promises) { p.Statistics = append(p.Statistics, seen) })
	}
	return t.readHouse(ctx, max(from, t.dayOf(t.plan.Days+lastDays-91)), to)
}

func (t *staff) numbersOf(ctx context.Context, camp, from, to string) (audit.Statistics, error) {
	a, ok, err := t.ask(ctx, call{method: http.MethodGet, path: "/camps/" + camp + "/statistics?from=" + from + "&to=" + to}, http.StatusOK)
	if err != nil || !ok {
		return audit.Statistics{}, err
	}
	var in struct {
		Learners, Finished int
		Levels             []audit.LevelCount
		Completed, Streaks []struct{ Learners int }
		Reviewers          []struct {
			Reviewer             struct{ ID string }
			Reviews, Median, P90 int
		}
		Days []struct {
			audit.DayCount
			MadeUp  int `json:"made_up"`
			AtRisk  int `json:"at_risk"`
			P90     int
			Refused map[string]int
		}
	}
	if err := a.into(&in); err != nil {
		return audit.Statistics{}, err
	}
	s := audit.Statistics{Camp: camp, From: from, To: to, Learners: in.Learners, Finished: in.Finished, Levels: in.Levels}
	for _, step := range in.Completed {
		s.Completed = append(s.Completed, step.Learners)
	}
	for _, step := range in.Streaks {
		s.Streaks = append(s.Streaks, step.Learners)
	}
	for _, r := range in.Reviewers {
		s.Reviewers = append(s.Reviewers, audit.Speed{Member: r.Reviewer.ID, Reviews: r.Reviews, Median: r.Median, Slowness: r.P90})
	}
	for _, d := range in.Days {
		d.DayCount.MadeUp, d.DayCount.AtRisk, d.Slowness = d.MadeUp, d.AtRisk, d.P90
		for _, n := range d.Refused {
			d.Unsent += n
		}
		s.Days = append(s.Days, d.DayCount)
	}
	return s, nil
}

var (
	chartTable = regexp.MustCompile(`(?s)<table class="table table-sm"><caption.*?</table>`)
	chartName  = regexp.MustCompile(`<th scope="col" data-kind[^>]*>([^<]*)</th>`)
	chartRow   = regexp.MustCompile(`<tr><th scope="row">[^<]*</th>(.*?)</tr>`)
	chartValue = regexp.MustCompile(`data-value="([^"]*)"`)
)

// readHouse reads the tables of the organiser's page, a row for each day from the first to the last.
func (t *staff) readHouse(ctx context.Context, from, to string) error {
	page, err := t.get(ctx, "/organisers/"+t.organiser+"/stats?from="+from+"&to="+to)
	if err != nil {
		return err
	}
	house := audit.House{From: from, To: to}
	if house.Series, err = chartSeries(page); err != nil {
		return err
	}
	t.book.write(func(p *audit.Promises) { p.House = house })
	return nil
}

// chartSeries reads the tables of a page: a number for each row, by the name of its column.
func chartSeries(page []byte) (map[string][]int64, error) {
	series := map[string][]int64{}
	for _, table := range chartTable.FindAll(page, -1) {
		names := chartName.FindAllSubmatch(table, -1)
		for _, row := range chartRow.FindAllSubmatch(table, -1) {
			values := chartValue.FindAllSubmatch(row[1], -1)
			if len(values) != len(names) {
				return nil, fmt.Errorf("a row of numbers has %d values of %d", len(values), len(names))
			}
			for i, name := range names {
				n, err := whole(string(values[i][1]))
				if err != nil {
					return nil, err
				}
				series[string(name[1])] = append(series[string(name[1])], n)
			}
		}
	}
	return series, nil
}

// whole reads a number without its point: yuan with two digits after it become fen.
func whole(typed string) (int64, error) {
	if typed == "" {
		return 0, nil
	}
	return strconv.ParseInt(strings.Replace(typed, ".", "", 1), 10, 64)
}
