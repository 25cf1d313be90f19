"""Result values to text: terminal, Markdown, HTML, JSON."""
