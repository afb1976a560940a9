// Package chart draws what a month costs against how many users there are, stage by stage: as
// a part of a page, wide and narrow, and as an image of its own.
//
// Both axes are logarithms, so that each stage has a column of its own and a step of ten is
// everywhere as long; the users begin at zero all the same. Everything that is drawn is in
// words, too.
package chart

import (
	"fmt"
	"math"
	"strings"

	"github.com/dustin/go-humanize"
)

// Point is the month at a number of users, in USD.
type Point struct {
	Users               int     `json:"users"`
	Low, Expected, High float64 `json:"-"`
}

// Stage is one stage's part of the curve.
type Stage struct {
	Number int
	Name   string
	// From and To are the users that it is meant for.
	From, To int
	// UsualLow and UsualHigh are what the seeds say that it costs; zero where nothing.
	UsualLow, UsualHigh int
	// Points are the curve from From to To.
	Points []Point
}

// Chart is the curve, drawn for a wide page and for a phone, and in words.
type Chart struct {
	Wide, Narrow Plot
	Words        []string
}

// Of draws the stages, from the lowest up.
func Of(stages []Stage) *Chart {
	return &Chart{Wide: wide.draw(stages), Narrow: narrow.draw(stages), Words: wordsOf(stages)}
}

// wordsOf say what is drawn to whom cannot see it.
func wordsOf(stages []Stage) []string {
	var list []string
	for _, s := range stages {
		if len(s.Points) == 0 {
			continue
		}
		first, last := s.Points[0], s.Points[len(s.Points)-1]
		list = append(list, fmt.Sprintf("stage %d, %s: from %s a month with %s users to %s with %s", s.Number, s.Name,
			dollars(first.Expected), humanize.Comma(int64(first.Users)), dollars(last.Expected),
			humanize.Comma(int64(last.Users))))
	}
	return list
}

// dollars writes an amount as people say it, without cents.
func dollars(v float64) string { return "$" + humanize.Comma(int64(math.Round(v))) }

// Short writes a number as people say it: 10k, 1M.
func Short(n float64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%gM", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%gk", n/1e3)
	}
	return fmt.Sprintf("%g", n)
}

// The ends of the axes: users, and dollars a month.
const (
	mostUsers   = 10_000_000
	leastMonth  = 10.0
	mostMonth   = 100_000.0
	straightTil = 100.0 // users up to which the axis is about straight, so that there is a zero
)

// Samples are users from one number to another at about even distances on the axis.
func Samples(from, to, count int) []int {
	list := []int{from}
	a, b := along(float64(from)), along(float64(to))
	for i := 1; i < count; i++ {
		users := int(math.Round(straightTil * (math.Pow(10, a+(b-a)*float64(i)/float64(count)) - 1)))
		if users > list[len(list)-1] && users < to {
			list = append(list, users)
		}
	}
	return append(list, to)
}

// along is how far on the axis of users a number stands.
func along(users float64) float64 { return math.Log10(1 + users/straightTil) }

// frame is the place of the plot in its drawing, in pixels.
type frame struct {
	id                       string
	width, height            int
	left, right, top, bottom int
	names                    bool
}

var (
	wide   = frame{id: "wide", width: 1160, height: 460, left: 66, right: 18, top: 44, bottom: 48, names: true}
	narrow = frame{id: "narrow", width: 358, height: 340, left: 42, right: 8, top: 30, bottom: 44}
)

func (f frame) x(users float64) float64 {
	room := float64(f.width - f.left - f.right)
	return float64(f.left) + room*along(users)/along(mostUsers)
}

func (f frame) y(month float64) float64 {
	month = min(max(month, leastMonth), mostMonth)
	room := float64(f.height - f.top - f.bottom)
	return float64(f.height-f.bottom) - room*math.Log10(month/leastMonth)/math.Log10(mostMonth/leastMonth)
}

// path joins points by lines.
func (f frame) path(points []Point, of func(Point) float64) string {
	var b strings.Builder
	for i, p := range points {
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", command, f.x(float64(p.Users)), f.y(of(p)))
	}
	return b.String()
}
