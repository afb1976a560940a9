package page

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// Growing is an image of its own in which the architecture grows: each stage is shown for some
// seconds, then the next. Who wants no movement, or a reader that knows none, sees one stage.
// Stages without a drawing are left out.
func Growing(title string, stages []GrownStage) (string, error) {
	var drawn []GrownStage
	for _, r := range stages {
		if r.Drawing != nil {
			drawn = append(drawn, r)
		}
	}
	var b strings.Builder
	err := templates.ExecuteTemplate(&b, "growing", map[string]any{
		"Title": title, "Stages": drawn, "Style": template.CSS(style + movement(len(drawn))),
	})
	if err != nil {
		return "", fmt.Errorf("draw the stages one after the other: %w", err)
	}
	return legible.Text(b.String()), nil
}

// shown is for how many seconds a stage is seen.
const shown = 3.5

// movement shows frames one after the other, for ever. Without movement the middle one is seen.
func movement(frames int) string {
	if frames == 0 {
		return ""
	}
	var b strings.Builder
	share := 100 / float64(frames)
	fmt.Fprintf(&b, "\n.ground { fill: var(--bg); } .head { font-size: 24px; font-weight: 700; fill: var(--ink); } "+
		".carries, .month { font-size: 15px; fill: var(--muted); }\n")
	// A frame fades in at the end of the round before its own, so that the first is there at once.
	fmt.Fprintf(&b, "@keyframes grow { 0%%, %.1f%% { opacity: 1; } %.1f%%, %.1f%% { opacity: 0; } 100%% { opacity: 1; } "+
		"}\n",
		share, share*9/8, 100-share/8)
	fmt.Fprintf(&b, ".frame { opacity: 0; animation: grow %.1fs infinite both; } .frame:nth-of-type(%d) { opacity: 1; }\n",
		shown*float64(frames), (frames+1)/2)
	for i := range frames {
		fmt.Fprintf(&b, ".frame:nth-of-type(%d) { animation-delay: %.1fs; }\n", i+1, shown*float64(i-frames))
	}
	b.WriteString("@media (prefers-reduced-motion: reduce) { .frame { animation: none; } }\n")
	return b.String()
}
