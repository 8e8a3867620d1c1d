package payload

// marks tell which of the keys that dialects are known by stand in a JSON text, at any depth. They are found
// while its brackets are counted, so that asking every dialect costs nothing.
type marks uint32

const (
	markDevEUI marks = 1 << iota
	markDeviceInfo
	markModel
	markModelID
	markBrand
	markChecksum
	markEndDevice
	markLinkQuality
	markGateway
	markEcowitt
	markIndoor
	markWeewx
	markDateTime
	markOutTemp
	markState
	markFlow
	markRecords
	markRecord
	markValues
	markIndex
)

// markOf returns the mark of a key, zero for most.
func markOf(key string) marks {
	switch key {
	case "devEUI":
		return markDevEUI
	case "deviceInfo":
		return markDeviceInfo
	case "model":
		return markModel
	case "model_id":
		return markModelID
	case "brand":
		return markBrand
	case "mic":
		return markChecksum
	case "end_device_ids":
		return markEndDevice
	case "linkquality":
		return markLinkQuality
	case "gw_mac":
		return markGateway
	case "PASSKEY", "baromrel", "baromrelin":
		return markEcowitt
	case "tempin", "tempinf":
		return markIndoor
	case "usUnits":
		return markWeewx
	case "dateTime":
		return markDateTime
	case "outTemp", "outTemp_F", "outTemp_C":
		return markOutTemp
	case "state":
		return markState
	case "count", "volume":
		return markFlow
	case "e":
		return markRecords
	case "n", "bn":
		return markRecord
	case "values":
		return markValues
	case "svalue":
		return markIndex
	}
	return 0
}

// scan looks through a JSON text: whether its brackets nest no deeper than maxDepth, and which marks stand in
// it.
func scan(text string) (found marks, shallow bool) {
	depth, begin := 0, -1 // of a text within quotes
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case begin >= 0:
			if c == '\\' {
				i++
			} else if c == '"' {
				if size := i - begin; size <= len("end_device_ids") {
					found |= markOf(text[begin:i])
				}
				begin = -1
			}
		case c == '"':
			begin = i + 1
		case c == '{', c == '[':
			if depth++; depth > maxDepth {
				return found, false
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return found, true
}
