package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The mark of Furrow is three furrows running to the horizon, in a square of 32 units. Each is a curve with
// one point that pulls it up.
type furrow struct{ x0, y0, pull, x1 float64 }

var furrows = []furrow{{4, 25, 15.5, 28}, {7, 19, 12, 25}, {10, 13.5, 9.5, 22}}

const (
	stroke = 2.5 // width of a furrow
	corner = 9.0
)

// pictures draws the mark as the icon of the browser's tab and of an installed app. Phones round the corners
// of what they are given themselves, so theirs fill the square.
func pictures(o *output, _ string) error {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="%g" fill="#1d6a39"/><path d="%s" fill="none" stroke="#fff" stroke-width="%g" stroke-linecap="round"/></svg>`,
		corner, furrowPath(), stroke)
	if err := o.add("icon.svg", []byte(svg)); err != nil {
		return err
	}
	for name, size := range map[string]int{"touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512} {
		var b bytes.Buffer
		if err := png.Encode(&b, drawMark(size)); err != nil {
			return err
		}
		if err := o.add(name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func furrowPath() string {
	path := ""
	for _, f := range furrows {
		path += fmt.Sprintf("M%g %gQ16 %g %g %g", f.x0, f.y0, f.pull, f.x1, f.y0)
	}
	return path
}

// drawMark draws the mark on a full square; edges are smooth because a pixel takes the share that the line
// covers.
func drawMark(size int) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, size, size))
	scale := 40.0 / float64(size) // 32 units of mark and a margin of 4 around it, which round masks may cut
	for y := range size {
		for x := range size {
			px, py := (float64(x)+.5)*scale-4, (float64(y)+.5)*scale-4
			cover := 0.0
			for _, f := range furrows {
				cover = max(cover, min(1, max(0, (stroke/2-f.distance(px, py))/scale+.5)))
			}
			mix := func(ground uint8) uint8 { return uint8(math.Round(float64(ground) + cover*(255-float64(ground)))) }
			picture.SetRGBA(x, y, color.RGBA{mix(0x1d), mix(0x6a), mix(0x39), 255})
		}
	}
	return picture
}

// distance is how far a point is from the curve, measured against short straight pieces of it.
func (f furrow) distance(x, y float64) float64 {
	const pieces = 24
	best := math.Inf(1)
	ax, ay := f.x0, f.y0
	for i := 1; i <= pieces; i++ {
		t := float64(i) / pieces
		bx := (1-t)*(1-t)*f.x0 + 2*t*(1-t)*16 + t*t*f.x1
		by := (1-t)*(1-t)*f.y0 + 2*t*(1-t)*f.pull + t*t*f.y0
		dx, dy := bx-ax, by-ay
		along := min(1, max(0, ((x-ax)*dx+(y-ay)*dy)/(dx*dx+dy*dy)))
		best = min(best, math.Hypot(x-ax-along*dx, y-ay-along*dy))
		ax, ay = bx, by
	}
	return best
}
