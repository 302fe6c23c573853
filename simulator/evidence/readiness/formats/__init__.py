"""The forms in which a report is written: HTML, JSON, JUnit and Markdown."""
