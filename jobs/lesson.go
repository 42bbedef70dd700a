package jobs

import (
	"time"

	"yingdi/domain/lesson"
)

func lessons(s *lesson.Service) []Consumer {
	return []Consumer{
		{Name: "task-media", Events: []string{lesson.EventTask}, Lane: Normal, Handle: exchange(s.SettleFiles)},
		{Name: "task-import", Events: []string{lesson.EventImport}, Lane: Normal, Timeout: 10 * time.Minute, Handle: byID(s.CarryImport)},
		{Name: "task-order", Events: []string{lesson.EventArranged}, Lane: Normal, Handle: byID(s.Arrange)},
		{Name: "material-media", Events: []string{lesson.EventMaterial}, Lane: Normal, Handle: byID(s.KeepMaterial)},
	}
}
