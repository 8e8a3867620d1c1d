package views

// Recipients is the page of who is told about alerts.
type Recipients struct {
	Page
	Rows []RecipientRow
	New  Fields
	Mail string // what the mail server is, "" when none is set up
}

// RecipientRow is one person or thing of the list.
type RecipientRow struct {
	ID, Name string
	Ways     []string // how they are reached, in the order of trying
	Facts    string   // quiet hours and escalation
	Trouble  string   // what is wrong with a way, "" for nothing
}

// Recipient is the page of one recipient.
type Recipient struct {
	Page
	ID, Name string
	Edit     Fields
	Ways     []ChannelRow
	Kinds    []KindTile
	Adding   *KindForm // the way that is being added
	Delays   []Choice
	Test     *ChannelTest
	Push     string // the farm's public key for messages to browsers, "" when there are none
}
