package fake

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// What a value of each type may be, from the table "订阅消息参数值内容限制" on the page of subscribeMessage.send.
var valueTypes = map[string]func(string) bool{
	"thing":            func(v string) bool { return utf8.RuneCountInString(v) <= 20 && !strings.ContainsAny(v, "\r\n") },
	"number":           matches(`^-?[0-9]+(\.[0-9]+)?$`, 32),
	"letter":           matches(`^[A-Za-z]+$`, 32),
	"symbol":           func(v string) bool { return utf8.RuneCountInString(v) <= 5 && !letterOrDigit.MatchString(v) },
	"character_string": matches(`^[\x20-\x7e]+$`, 32),
	"time":             func(v string) bool { return isDate(v, timeLayouts) },
	"date":             func(v string) bool { return isDate(v, dateLayouts) },
	"amount":           matches(`^[¥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?$`, 16),
	"phone_number":     matches(`^\+?[0-9-]+$`, 17),
	"car_number":       matches(`^\p{L}[A-Z0-9\p{Han}]+$`, 8),
	"name":             matches(`^(\p{Han}{1,10}|[A-Za-z .'-]{1,20})$`, 20),
	"phrase":           matches(`^\p{Han}+$`, 5),
}

var (
	letterOrDigit = regexp.MustCompile(`[\p{L}\p{N}]`)
	keywordName   = regexp.MustCompile(`^([a-z_]+)[0-9]+$`)
	timeLayouts   = []string{"15:04", "2006年1月2日 15:04", "2006-01-02 15:04", "2006/01/02 15:04"}
	dateLayouts   = []string{"2006年1月2日", "2006-01-02", "2006/01/02", "2006年1月2日 15:04", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006/01/02 15:04"}
)

// fits tells whether the value is one of the keyword's type; thing1 is of type thing.
func fits(keyword, value string) bool {
	m := keywordName.FindStringSubmatch(keyword)
	if m == nil {
		return false
	}
	ok, known := valueTypes[m[1]]
	return known && ok(value)
}

func matches(pattern string, max int) func(string) bool {
	re := regexp.MustCompile(pattern)
	return func(v string) bool { return utf8.RuneCountInString(v) <= max && re.MatchString(v) }
}

// isDate also takes a span, such as 08:00~22:00.
func isDate(value string, layouts []string) bool {
	for _, part := range strings.Split(value, "~") {
		ok := false
		for _, layout := range layouts {
			if _, err := time.Parse(layout, part); err == nil {
				ok = true
			}
		}
		if !ok {
			return false
		}
	}
	return true
}
