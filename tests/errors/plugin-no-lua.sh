mkdir team
