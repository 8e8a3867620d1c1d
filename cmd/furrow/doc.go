// Command furrow is the whole program: an MQTT broker, the farm's history, the dashboard and the API in one
// process on one data folder, and the small commands around it. This package only wires the rooms together;
// app.go shows how.
package main
