package camp

import (
	"fmt"

	"yingdi/domain"
)

// Limits of the tags by which campaigns name camps.
const (
	MaxTags = 5
	MaxTag  = 10 // characters
)

// CheckTags bounds tags.
func CheckTags(check *domain.Check, tags []string) {
	check.That(len(tags) <= MaxTags, "tags", fmt.Sprintf("标签最多 %d 个", MaxTags))
	for i, tag := range tags {
		check.Line("tags", "标签", tag, 1, MaxTag)
		for _, other := range tags[:i] {
			check.That(tag != other, "tags", "标签重复")
		}
	}
}
