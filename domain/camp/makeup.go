package camp

import "yingdi/domain"

// MakeUps says which missed days a learner may still make up. The zero one allows none.
type MakeUps struct {
	Quota int `json:"quota"` // days that each learner may make up
	Days  int `json:"days"`  // how many days after the missed one it can still be made up
}

// The most that a camp can allow.
const (
	MaxMakeUps    = 100
	MaxMakeUpDays = 60
)

// Check bounds the rule.
func (m MakeUps) Check(check *domain.Check) {
	check.Range("make_ups", "补卡次数", m.Quota, 0, MaxMakeUps)
	check.Range("make_up_days", "补卡期限", m.Days, 0, MaxMakeUpDays)
	check.That(m.Quota == 0 || m.Days > 0, "make_up_days", "请填写几天内可以补卡")
}
