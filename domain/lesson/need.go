package lesson

import (
	"fmt"
	"strings"

	"yingdi/domain"
)

// Need is what a check-in for a task must hold. The zero one asks for nothing in particular.
type Need struct {
	Characters int `json:"characters,omitempty"`  // at least; spaces do not count
	Pictures   int `json:"pictures,omitempty"`    // at least
	Recordings int `json:"recordings,omitempty"`  // at least so many recordings or films
	MinSeconds int `json:"min_seconds,omitempty"` // that each of them lasts at least
	MaxSeconds int `json:"max_seconds,omitempty"` // that none of them is over; 0 is no bound
}

// Asks reports whether anything is asked for.
func (n Need) Asks() bool { return n != Need{} }

// Sentence says in Chinese what is asked for; "" if nothing is.
func (n Need) Sentence() string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{
		{n.Characters, "文字至少 %d 字"}, {n.Pictures, "图片至少 %d 张"}, {n.Recordings, "录音或视频至少 %d 个"},
		{n.MinSeconds, "每个不短于 %d 秒"}, {n.MaxSeconds, "每个不长于 %d 秒"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf(p.text, p.n))
		}
	}
	return strings.Join(parts, "，")
}

// The most that can be asked for.
const (
	MaxNeedCharacters = 1000
	MaxNeedFiles      = 9
	MaxNeedSeconds    = 3600
)

// Check bounds what is asked for, by names that begin with need_.
func (n Need) Check(check *domain.Check) {
	check.Range("need_characters", "最少字数", n.Characters, 0, MaxNeedCharacters)
	check.Range("need_pictures", "最少图片数", n.Pictures, 0, MaxNeedFiles)
	check.Range("need_recordings", "最少录音或视频数", n.Recordings, 0, MaxNeedFiles)
	check.Range("need_min", "最短秒数", n.MinSeconds, 0, MaxNeedSeconds)
	check.Range("need_max", "最长秒数", n.MaxSeconds, 0, MaxNeedSeconds)
	both := n.Pictures <= MaxNeedFiles && n.Recordings <= MaxNeedFiles
	check.That(!both || n.Pictures+n.Recordings <= MaxNeedFiles, "need_pictures", "图片、录音和视频一共最多要求 9 个")
	check.That(n.MaxSeconds == 0 || n.MinSeconds <= n.MaxSeconds, "need_max", "最长不能短于最短")
}
