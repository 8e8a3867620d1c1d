package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"time"

	"furrow/sensors"
)

// maxRows is how many rows a sheet has room for; what is more goes onto the next.
const maxRows = 1_048_576

// workbook writes an XLSX file as it comes: a library for it would weigh a seventh of the program and gather
// everything in a temporary file first. Texts are inline, so no formula can hide in one.
type workbook struct {
	zip      *zip.Writer
	out      *bufio.Writer // of the sheet that is open
	cells    []byte
	channels bool
	location *time.Location
	sheets   int
	rows     int
	limit    int // rows on a sheet
}

func newWorkbook(w io.Writer, channels bool, location *time.Location) (*workbook, error) {
	b := &workbook{zip: zip.NewWriter(w), channels: channels, location: location, limit: maxRows}
	return b, b.openSheet()
}

func (b *workbook) openSheet() error {
	b.sheets, b.rows = b.sheets+1, 0
	part, err := b.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", b.sheets))
	if err != nil {
		return err
	}
	b.out = bufio.NewWriterSize(part, 64<<10)
	columns := exportColumns(b.channels)
	columns[0] = "time (" + b.location.String() + ")"
	b.cells = append(b.cells[:0], xml.Header+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+
		`<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`+
		`<cols><col min="1" max="1" width="24" customWidth="1"/><col min="2" max="4" width="20" customWidth="1"/></cols><sheetData><row>`...)
	for _, name := range columns {
		b.text(name)
	}
	return b.endRow()
}

func (b *workbook) write(of exportLine, r sensors.Reading) error {
	if b.rows == b.limit {
		if err := b.closeSheet(); err != nil {
			return err
		}
		if err := b.openSheet(); err != nil {
			return err
		}
	}
	b.cells = append(b.cells[:0], `<row><c s="1"><v>`...)
	b.cells = strconv.AppendFloat(b.cells, serial(r.At.Time().In(b.location)), 'f', -1, 64)
	b.cells = append(b.cells, `</v></c>`...)
	b.text(of.zone)
	b.text(of.name)
	b.text(string(of.sensor.Metric))
	b.cells = append(b.cells, `<c><v>`...)
	b.cells = strconv.AppendFloat(b.cells, r.Value, 'g', -1, 64)
	b.cells = append(b.cells, `</v></c>`...)
	if b.channels {
		b.text(of.sensor.Channel)
	}
	return b.endRow()
}

// text adds a cell of text.
func (b *workbook) text(text string) {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(text)) // a buffer takes everything
	b.cells = append(b.cells, `<c t="inlineStr"><is><t xml:space="preserve">`...)
	b.cells = append(append(b.cells, escaped.Bytes()...), `</t></is></c>`...)
}

func (b *workbook) endRow() error {
	b.rows++
	b.cells = append(b.cells, `</row>`...)
	_, err := b.out.Write(b.cells)
	return err
}

func (b *workbook) closeSheet() error {
	if _, err := b.out.WriteString(`</sheetData></worksheet>`); err != nil {
		return err
	}
	return b.out.Flush()
}

// close writes what names the sheets, which nobody knew before how many there are.
func (b *workbook) close() error {
	if err := b.closeSheet(); err != nil {
		return err
	}
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var types, sheets, links bytes.Buffer
	for i := 1; i <= b.sheets; i++ {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i)
		fmt.Fprintf(&sheets, `<sheet name="Readings %d" sheetId="%d" r:id="rId%d"/>`, i, i, i)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i, office, i)
	}
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", relations(`<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/>`)},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relations(links.String() + `<Relationship Id="styles" Type="` + office + `/styles" Target="styles.xml"/>`)},
		{"xl/styles.xml", styles},
	} {
		out, err := b.zip.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, xml.Header+part.content); err != nil {
			return err
		}
	}
	return b.zip.Close()
}

func relations(links string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + links + `</Relationships>`
}

// styles holds two: the usual one, and the one of times.
const styles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
	`<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
	`<cellXfs count="2"><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`

// serial is a moment as spreadsheets count: days since the last day but one of 1899, on the wall's clock.
func serial(t time.Time) float64 {
	_, offset := t.Zone()
	return float64(t.UnixMilli()+int64(offset)*1000)/86_400_000 + 25569
}
