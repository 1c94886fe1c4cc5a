"""What officers and their programs send that cannot stand, at every place of every change and question."""
