package timeline

import corev1 "k8s.io/api/core/v1"

// newEvent copies what a timeline keeps of an Event. A repeated event counts in
// its series or, in the older form, in the event itself.
func newEvent(ev *corev1.Event) *Event {
	count := max(int(ev.Count), 1)
	if ev.Series != nil {
		count = max(int(ev.Series.Count), 1)
	}
	return &Event{
		Type:      ev.Type,
		Reason:    ev.Reason,
		Message:   ev.Message,
		Object:    ev.InvolvedObject.Kind + "/" + ev.InvolvedObject.Name,
		ObjectUID: string(ev.InvolvedObject.UID),
		Count:     count,
	}
}
