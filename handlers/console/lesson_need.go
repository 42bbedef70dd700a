package console

import (
	"cmp"
	"strconv"

	"yingdi/domain/lesson"
)

// NeedForm is what a check-in must hold, as it was typed; an empty input asks for nothing. Forms embed it, which is read
// into only by an exported name.
type NeedForm struct {
	Characters string `form:"need_characters"`
	Pictures   string `form:"need_pictures"`
	Recordings string `form:"need_recordings"`
	MinSeconds string `form:"need_min"`
	MaxSeconds string `form:"need_max"`
}

func (f NeedForm) need() lesson.Need {
	count := func(typed string) int { return number(cmp.Or(line(typed), "0")) }
	return lesson.Need{
		Characters: count(f.Characters), Pictures: count(f.Pictures), Recordings: count(f.Recordings),
		MinSeconds: count(f.MinSeconds), MaxSeconds: count(f.MaxSeconds),
	}
}

// Asks reports whether anything was typed, so that the page shows it.
func (f NeedForm) Asks() bool { return f.need() != lesson.Need{} }

func typedNeed(n lesson.Need) NeedForm {
	shown := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return NeedForm{shown(n.Characters), shown(n.Pictures), shown(n.Recordings), shown(n.MinSeconds), shown(n.MaxSeconds)}
}
