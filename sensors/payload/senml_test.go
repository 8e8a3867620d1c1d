package payload

import "testing"

// TestSenML has base values, relative times and the old form.
func TestSenML(t *testing.T) {
	talk(t, [][3]string{
		{"s", `[{"bn":"urn:dev:mac:0024befffe804ff1/","bt":-300,"n":"temperature","u":"Cel","v":21.5},{"n":"soil1","u":"%","v":30},{"n":"label","vs":"x"},{"n":"door","vb":true},{"n":"gone","u":"Cel","v":"NaN"}]`, "urn:dev:mac:0024befffe804ff1:temperature[]=21.5@2026-11-24T11:55:00Z urn:dev:mac:0024befffe804ff1:soil_moisture[1]=30@2026-11-24T11:55:00Z urn:dev:mac:0024befffe804ff1:contact[]=1@2026-11-24T11:55:00Z"},
		{"s", `{"e":[{"n":"temperature","v":27.2,"u":"Cel"}],"bn":"urn:dev:ow:10e2073a0108006:"}`, "urn:dev:ow:10e2073a0108006:temperature[]=27.2"},
		{"s", `[{"n":"urn:x","u":"Pa","v":101325,"t":1e20}]`, "urn:x:pressure[]=1013.25?"},
		{"s", `[{"bn":"dev1","bv":20,"bu":"Cel"},{"v":1.5}]`, "dev1:temperature[]=21.5"},
		{"s", `[{"n":"temperature","u":"Cel","v":3}]`, "s:temperature[]=3"},
		{"s", `[{"n":"d/x_","u":"weird_","v":3}]`, ""},
	})
}
