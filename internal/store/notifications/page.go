package notifications

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/store/page"
)

// byTime is the order of all lists here: newest first.
const byTime = "created"

func cursorOf(at time.Time, id uuid.UUID) string {
	return page.Cursor{By: byTime, Desc: true, Key: at.UTC().Format(time.RFC3339Nano), ID: id}.String()
}

// after has the query continue after a cursor, if there is one.
func after(q *gorm.DB, cursor string) (*gorm.DB, error) {
	if cursor == "" {
		return q, nil
	}
	c, err := page.Read(cursor, byTime, true)
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339Nano, c.Key)
	if err != nil {
		return nil, page.Refused().Because(err)
	}
	return q.Where("(created_at, id) < (?, ?)", at, c.ID), nil
}
