package payload

import "testing"

// TestHomieValuesNeedTheirAttributes is two devices of version 4 and 5.
func TestHomieValuesNeedTheirAttributes(t *testing.T) {
	talk(t, [][3]string{
		{"homie/node-1/$homie", "4.0.0", ""},
		{"homie/node-1/$state", "ready", "node-1 online=true"},
		{"homie/node-1/soil/temperature/$unit", "°F", ""},
		{"homie/node-1/soil/temperature", "50", "node-1:temperature[soil]=10"},
		{"homie/node-1/soil/moisture", "33", "node-1:soil_moisture[soil]=33"},
		{"homie/node-1/relay/on/$datatype", "boolean", ""},
		{"homie/node-1/relay/on", "true", "node-1:switch[relay/on]=1"},
		{"homie/node-1/relay/on/set", "false", ""},
		{"homie/node-1/mode/value/$datatype", "string", ""},
		{"homie/node-1/mode/value", "7", ""},
		{"homie/node-1/$stats/uptime", "12", ""},
		{"homie/node-1/$state", "sleeping", ""},
		{"homie/node-1/$state", "lost", "node-1 online=false"},
		{"net/5/hub/$description", `{"homie":"5.0","name":"Hub","nodes":{},"children":["probe"]}`, ""},
		{"net/5/probe/$description", `{"homie":"5.0","parent":"hub","nodes":{"env":{"properties":{"pressure":{"unit":"Pa","datatype":"float"},"lvl":{"unit":"lx","datatype":"integer"}}}}}`, ""},
		{"net/5/probe/$state", "ready", "probe online=true"},
		{"net/5/probe/env/pressure", "101325", "probe:pressure[env]=1013.25"},
		{"net/5/probe/env/lvl", "300", "probe:illuminance[env/lvl]=300"},
		{"net/5/probe/env/lvl/$target", "3", ""},
		{"net/5/hub/$state", "lost", "hub online=false probe online=false"},
	})
}
