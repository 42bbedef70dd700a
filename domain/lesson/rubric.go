package lesson

import (
	"fmt"

	"yingdi/domain"
)

// Rubric is how a task's points come about: so many for each criterion, 100 in all at most.
type Rubric []Criterion

// Criterion is one thing that points are given for.
type Criterion struct {
	Title  string `json:"title"`
	Points int    `json:"points"`         // at most
	Note   string `json:"note,omitempty"` // what earns them
}

// MaxCriteria of a rubric.
const MaxCriteria = 10

// Total is the most points that it gives.
func (r Rubric) Total() int {
	sum := 0
	for _, c := range r {
		sum += c.Points
	}
	return sum
}

func (r Rubric) check(check *domain.Check) {
	check.That(len(r) <= MaxCriteria, "rubric", fmt.Sprintf("评分项最多 %d 个", MaxCriteria))
	for _, c := range r {
		check.Line("rubric", "评分项", c.Title, 1, 20)
		check.Range("rubric", "评分项的分值", c.Points, 1, 100)
		check.Text("rubric", "评分说明", c.Note, 0, 200)
	}
	check.That(r.Total() <= 100, "rubric", "各评分项的分值合计不能超过 100")
}
