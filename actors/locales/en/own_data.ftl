# /export and /delete.

command-export = Everything I know of you, as a file
command-delete = Delete everything I know of you

export-here = Everything I have stored of you, table by table. Your own key is in it only by name.

delete-ask =
    Delete everything of yours? Leads, notes, plans, practice, memory, your key and your settings go, for good.

    The messages in this chat are yours: Telegram's own "Delete chat" removes them.
delete-nothing = There is nothing to delete: you are not set up, and nothing of yours is stored.
delete-kept = Nothing was deleted.
delete-done = Everything of yours is being deleted; it takes less than a minute. /start begins anew whenever you like.
button-delete-yes = Yes, delete everything
button-delete-no = No, keep it
