package views

import (
	"fmt"
	"net"
	"strings"
)

// Connection says where devices and programs find this Furrow.
type Connection struct {
	Host      string // the address that is likeliest to work
	MQTTPort  string // "" when MQTT is off
	HTTPPort  string
	Addresses []string
	Dashboard string
}

// Simulated is the state of the simulated farm.
type Simulated struct {
	Configure       bool // the viewer may start and remove it
	Running, Exists bool
}

// ConnectGuide explains how a sensor is connected.
type ConnectGuide struct {
	Connection
	Try       string // a command that publishes one reading
	Snippets  []Snippet
	Simulated Simulated
}

// Snippet is what to write into one kind of device.
type Snippet struct{ ID, Name, Hint, Code string }

// NewConnectGuide fills the addresses in. A command to try comes first, then each kind of board.
func NewConnectGuide(c Connection, s Simulated) ConnectGuide {
	fill := func(code string) string {
		return strings.NewReplacer("HOST", c.Host, "PORT", c.MQTTPort).Replace(strings.TrimSpace(code))
	}
	return ConnectGuide{Connection: c, Simulated: s,
		Try: fill(`mosquitto_pub -h HOST -p PORT -q 1 -t farm/greenhouse-1/bench/temperature -m 21.5`),
		Snippets: []Snippet{
			{"esphome", "ESPHome", "Add this to the device's YAML and install it.", fill(esphome)},
			{"tasmota", "Tasmota", "Paste this line into the device's console.", fill(tasmota)},
			{"arduino", "Arduino", "For ESP32 and ESP8266, with the library PubSubClient.", fill(arduino)},
			{"micropython", "MicroPython", "Save it as main.py on the board.", fill(micropython)},
		}}
}

// MQTT is the broker's address as one line.
func (c Connection) MQTT() string {
	if c.MQTTPort == "" {
		return ""
	}
	return fmt.Sprintf("mqtt://%s", net.JoinHostPort(c.Host, c.MQTTPort))
}

const esphome = `
mqtt:
  broker: HOST
  port: PORT
  discovery: false

sensor:
  - platform: sht3xd          # your sensor
    temperature:
      name: Temperature
      state_topic: farm/greenhouse-1/bench/temperature
      retain: false
    humidity:
      name: Humidity
      state_topic: farm/greenhouse-1/bench/humidity
      retain: false
    update_interval: 60s
`

const tasmota = `Backlog MqttHost HOST; MqttPort PORT; Topic bench; TelePeriod 60`

const arduino = `
#include <WiFi.h>              // ESP8266: ESP8266WiFi.h
#include <PubSubClient.h>

WiFiClient wifi;
PubSubClient mqtt(wifi);
unsigned long sent;

void setup() {
  WiFi.begin("your Wi-Fi", "its password");
  mqtt.setServer("HOST", PORT);
}

void loop() {
  if (!mqtt.connected() && !mqtt.connect("bench")) { delay(2000); return; }
  mqtt.loop();
  if (millis() - sent < 60000) return;
  sent = millis();
  char value[16];
  dtostrf(readTemperature(), 0, 1, value);   // °C, from your sensor
  mqtt.publish("farm/greenhouse-1/bench/temperature", value);
}
`

const micropython = `
import network, time
from umqtt.simple import MQTTClient

wifi = network.WLAN(network.STA_IF)
wifi.active(True)
wifi.connect("your Wi-Fi", "its password")
while not wifi.isconnected():
    time.sleep(1)

mqtt = MQTTClient("bench", "HOST", PORT, keepalive=120)
mqtt.connect()
while True:
    celsius = read_temperature()               # from your sensor
    mqtt.publish("farm/greenhouse-1/bench", '{"temperature": %.1f}' % celsius, qos=1)
    time.sleep(60)
`
