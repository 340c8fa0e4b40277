"""Pictures of released numbers as geometry. templates/quality/pictures.html draws them; a text and a table stand beside each."""
